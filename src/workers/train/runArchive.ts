/** All of a run's files as they are, also of one that cannot be read, in one tar. */
import type { RunFiles } from '../../engine/training/checkpoint';
import { TAR_END, tarHeader, tarPadding } from './tar';

/**
 * A copy, so that the run can be deleted while the browser still writes the tar to the disk. The browser keeps large blobs out
 * of memory; here only one file is in it at a time.
 * @throws Error where a file goes while the others are read
 */
export async function archiveRun(runId: string, files: RunFiles, modified: Date): Promise<Blob> {
  const parts: BlobPart[] = [];
  for (const name of await files.list()) {
    const bytes = await files.read(name);
    if (!bytes)
      throw new Error(`${runId}/${name}: must stay while the run is read, got no such file; try again`);
    const header = tarHeader({ folder: runId, name, bytes: bytes.length, modified });
    parts.push(header, new Blob([bytes as Uint8Array<ArrayBuffer>]), tarPadding(bytes.length));
  }
  return new Blob([...parts, TAR_END], { type: 'application/x-tar' });
}
