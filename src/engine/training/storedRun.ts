/** What is stored of a run as a whole: its index, and beside it every file that the index names. */
import { type CheckpointIndex, filesOf, readCheckpointIndex, stepOfFile } from './checkpoint';
import { INDEX, missing, type RunFiles } from './runFiles';

/**
 * The run's last checkpoint. Null where none was ever finished: then nothing is trained that could be lost with the files.
 * @throws CorruptFile where the index cannot be read, or it or a file that it names is missing
 */
export async function readStoredRun(files: RunFiles): Promise<CheckpointIndex | null> {
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
  if (present?.saved !== index.saved) return readStoredRun(files);
  throw missing(gone, INDEX);
}
