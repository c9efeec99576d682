/** What is stored of a run as a whole: its index, and beside it every file that the index names. */
import { CorruptFile } from '../../errors';
import {
  type CheckpointIndex,
  checkFiles,
  filesOf,
  LaterFormat,
  readCheckpointIndex,
  stepOfFile,
} from './checkpoint';
import { INDEX, INDEX_BEFORE, missing, needed, type RunFiles } from './runFiles';

/**
 * The checkpoint that a run goes on from: its last one, or the one before where that cannot be read. Null where none was ever
 * finished: then nothing is trained that could be lost with the files.
 * @throws CorruptFile where neither can be read, or files that they name are missing
 */
export async function readStoredRun(files: RunFiles): Promise<CheckpointIndex | null> {
  try {
    return await readLast(files);
  } catch (error) {
    const before = isDamage(error) ? await readBefore(files) : null;
    if (!before) throw error;
    return before;
  }
}

/**
 * Holds the last checkpoint against its checksums; where it is damaged, the one before takes its place. For the one that writes to
 * the run.
 * @returns a sentence on that; null where the last one is whole, or there is none
 * @throws CorruptFile where neither is whole, Aborted after the signal: then nothing was changed
 */
export async function restoreCheckpoint(files: RunFiles, signal?: AbortSignal): Promise<string | null> {
  try {
    const last = await readLast(files);
    if (last) await checkFiles(files, last, signal);
    return null;
  } catch (error) {
    const before = isDamage(error) ? await readBefore(files) : null;
    const isWhole =
      before !== null &&
      (await checkFiles(files, before).then(
        () => true,
        () => false,
      ));
    if (!isWhole) throw error;
    await files.write(INDEX, await needed(files, INDEX_BEFORE));
    const [what] = (error as Error).message.split('; ', 1);
    return `${what}; the run goes on from the checkpoint before, of iteration ${before.step}`;
  }
}

async function readLast(files: RunFiles): Promise<CheckpointIndex | null> {
  const index = await readCheckpointIndex(files);
  const names = await files.list();
  if (!index) {
    // The first checkpoint is written before the first iteration.
    const trained = names.find((name) => (stepOfFile(name) ?? 0) > 0);
    if (trained) throw missing(INDEX, trained);
    return null;
  }
  const gone = filesOf(index).find((name) => !names.includes(name));
  if (gone === undefined) return index;
  // A run that goes on may have written its next checkpoint meanwhile, which is in other files.
  const present = await readCheckpointIndex(files);
  if (present?.saved !== index.saved) return readLast(files);
  throw missing(gone, INDEX);
}

/** The checkpoint before the last one. Null where there is none, or not all of it. */
async function readBefore(files: RunFiles): Promise<CheckpointIndex | null> {
  const index = await readCheckpointIndex(files, INDEX_BEFORE).catch(() => null);
  const names = await files.list();
  return index && filesOf(index).every((name) => names.includes(name)) ? index : null;
}

const isDamage = (error: unknown) => error instanceof CorruptFile && !(error instanceof LaterFormat);
