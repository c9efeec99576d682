import { formatBytes, formatDuration } from '../../../format';
import type { AppData, Run } from '../../../state/types';

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
  if (!progress) return { label: 'Starting', value: null };
  const { done, total, remainingMs, compiling } = progress;
  const stepsPerSlice = progress.stepsTotal / total;
  // Counted inside the slice.
  const step = progress.stepsDone % stepsPerSlice;
  if (done >= total) return { label: 'Finishing', value: 1 };
  const place = `Slice ${done + 1} of ${total}`;
  return {
    label: compiling
      ? `${place}: ${stepsPerSlice > 1 ? 'the first step' : 'it'} prepares the engine`
      : // One step is the slice.
        stepsPerSlice > 1
        ? `${place}, step ${step + 1} of ${stepsPerSlice}`
        : place,
    value: (done + step / stepsPerSlice) / total,
    detail: remainingMs === null ? undefined : `${formatDuration(remainingMs)} left`,
  };
}

const READ = { source: 'scan', reference: 'reference', style: 'scan of the style' } as const;

/** The same of a scan that is read in several pieces; null where none is, or all of it is there. */
export function readingWords(
  opening: AppData['opening'],
  read: AppData['read'],
): { label: string; value: number } | null {
  if (read === null || read >= 1 || opening === null || opening === 'weights') return null;
  return { label: `Reading the ${READ[opening]}`, value: read };
}
