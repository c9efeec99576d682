import { formatBytes, formatDuration } from '../../format';
import type { Run } from '../../state/types';

/** What the progress bar says. `value` 0..1; null while the end is unknown. */
export function runWords(run: Run): { label: string; value: number | null; detail?: string } {
  if (run.phase === 'loading') {
    const { load } = run;
    if (!load || load.totalBytes === 0) return { label: 'Loading weights', value: null };
    return {
      label: 'Loading weights',
      value: load.receivedBytes / load.totalBytes,
      detail: `${formatBytes(load.receivedBytes)} of ${formatBytes(load.totalBytes)}`,
    };
  }
  const { progress } = run;
  if (!progress || progress.stepsTotal === 0) return { label: 'Starting', value: null };
  const left = progress.remainingMs === null ? undefined : `${formatDuration(progress.remainingMs)} left`;
  return {
    label: progress.compiling
      ? `Slice ${progress.done + 1} of ${progress.total}: preparing the engine, first step is slow`
      : `${progress.done} of ${progress.total} slices, step ${progress.stepsDone} of ${progress.stepsTotal}`,
    value: progress.stepsDone / progress.stepsTotal,
    detail: left,
  };
}
