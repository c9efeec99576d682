/** How far a run is, on one line. */
import type { Pace } from '../engine/training/pace';
import type { Scoring, StepReport } from '../engine/training/reports';

export function progressText(
  { step, losses }: StepReport,
  iterations: number,
  { msPerIteration, remainingMs }: Pace,
  memoryBytes: number,
): string {
  const told = Object.entries(losses).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
  const left = remainingMs === null ? '' : ` ${timeText(remainingMs)} left,`;
  const memory = `${(memoryBytes / 2 ** 20).toFixed(0)} MiB`;
  return `iteration ${step}/${iterations}, ${rateText(msPerIteration)},${left} ${memory}, ${told.join(' ')}`;
}

export function scoringText({ step, slice, of }: Scoring): string {
  const when = step === 0 ? 'before the first iteration' : `after iteration ${step}`;
  return `scoring ${when}: slice ${slice} of ${of}`;
}

const rateText = (ms: number) => (ms < 1 ? '> 1000 it/s' : `${(1000 / ms).toPrecision(3)} it/s`);

/** "45 s", "12 min", "3 h 20 min". */
export function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
