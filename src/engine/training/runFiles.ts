/** Where a run's files are, and the one that leads to the others. */
import { CorruptFile } from '../../errors';

/** Names the files of the last checkpoint. */
export const INDEX = 'checkpoint.json';

/** The same of the checkpoint before it, whose files are kept, too. */
export const INDEX_BEFORE = 'checkpoint.before.json';

/** A place for one run's files; their names are plain. */
export interface RunFiles {
  /** Null where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** All of it or nothing: a reader never sees half a file. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * The file's first `at` bytes and these; what lay beyond is dropped, and a file that is not there begins. After a crash its
   * first `at` bytes are as they were, whatever follows.
   */
  append(name: string, at: number, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<string[]>;
}

/** A file that the index names. @throws CorruptFile where it is not there */
export async function needed(files: RunFiles, name: string): Promise<Uint8Array> {
  const bytes = await files.read(name);
  if (!bytes) throw missing(name, INDEX);
  return bytes;
}

export function missing(name: string, beside: string): CorruptFile {
  return new CorruptFile(`${name}: must lie beside ${beside}, got no such file; start a new run`);
}
