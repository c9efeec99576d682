/** The runs in this browser, those among them that cannot be opened. Looking changes nothing of what was trained. */
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import type { RunFiles } from '../../engine/training/runFiles';
import { readStoredRun } from '../../engine/training/storedRun';
import { shortSentence } from '../../plainText';
import type { RunStore } from '../../platform/browser/originRuns';
import type { InputFile } from '../translate/protocol';
import type { StoredRun, StoredRuns } from './protocol';

/** @param going the run that goes on, which may not have come to its first checkpoint */
export async function listRuns(runs: RunStore, going: string | null): Promise<StoredRuns> {
  const readable: StoredRun[] = [];
  const unreadable: StoredRuns['unreadable'] = [];
  const locked = await runs.locked();
  for (const runId of await runs.list()) {
    const inUse = runId !== going && locked.has(runId);
    try {
      const index = await readStoredRun(await runs.open(runId));
      if (index) readable.push({ ...storedRun(runId, index), inUse });
      else if (runId !== going && !inUse) await removeBegun(runs, runId);
    } catch (error) {
      const bytes = await runs.bytes(runId).catch(() => null);
      unreadable.push({ runId, reason: shortSentence((error as Error).message), bytes });
    }
  }
  readable.sort((a, b) => b.saved.localeCompare(a.saved));
  unreadable.sort((a, b) => b.runId.localeCompare(a.runId));
  return { readable, unreadable };
}

/** What was left by a page that was closed before the first checkpoint; unless another tab has just begun with it. */
async function removeBegun(runs: RunStore, runId: string): Promise<void> {
  const release = await runs.lock(runId);
  if (!release) return;
  try {
    if (!(await readStoredRun(await runs.open(runId)))) await runs.remove(runId).catch(() => undefined);
  } finally {
    release();
  }
}

export function storedRun(
  runId: string,
  { settings, step, started, saved, volumes, bytes }: CheckpointIndex,
): StoredRun {
  return { runId, settings, step, started, saved, volumes, bytes, inUse: false };
}

/**
 * So that the run can be deleted while they are still being saved. The browser keeps large blobs out of memory; here only one file
 * is in it at a time.
 * @throws Error where a file goes while the others are read
 */
export async function copiesOf(runId: string, files: RunFiles): Promise<InputFile[]> {
  const copies: InputFile[] = [];
  for (const name of await files.list()) {
    const bytes = await files.read(name);
    if (!bytes)
      throw new Error(`${runId}/${name}: must stay while the run is read, got no such file; try again`);
    copies.push({ name, blob: new Blob([bytes as Uint8Array<ArrayBuffer>]) });
  }
  return copies;
}
