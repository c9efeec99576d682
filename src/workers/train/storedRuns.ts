/** The runs in this browser, those among them that cannot be opened. Looking changes nothing of what was trained. */
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import { readStoredRun } from '../../engine/training/storedRun';
import type { RunStore } from '../../platform/browser/originRuns';
import type { StoredRun, StoredRuns } from './protocol';

/** @param going the run that goes on, which may not have come to its first checkpoint */
export async function listRuns(runs: RunStore, going: string | null): Promise<StoredRuns> {
  const readable: StoredRun[] = [];
  const unreadable: StoredRuns['unreadable'] = [];
  for (const runId of await runs.list()) {
    try {
      const index = await readStoredRun(await runs.open(runId));
      if (index) readable.push(storedRun(runId, index));
      // Left by a page that was closed before the first checkpoint.
      else if (runId !== going) await runs.remove(runId).catch(() => undefined);
    } catch (error) {
      const bytes = await runs.bytes(runId).catch(() => null);
      unreadable.push({ runId, reason: (error as Error).message, bytes });
    }
  }
  readable.sort((a, b) => b.saved.localeCompare(a.saved));
  unreadable.sort((a, b) => b.runId.localeCompare(a.runId));
  return { readable, unreadable };
}

export function storedRun(
  runId: string,
  { settings, step, started, saved, volumes, bytes }: CheckpointIndex,
): StoredRun {
  return { runId, settings, step, started, saved, volumes, bytes };
}
