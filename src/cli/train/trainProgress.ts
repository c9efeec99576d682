/** How far a run is, on one line. */
import { trainingOf } from '../../engine/methods';
import type { Scoring } from '../../engine/training/reports';
import type { StepProgress } from '../../engine/training/session';
import type { TrainSettings } from '../../engine/training/settings';
import { timeText } from '../kit/report';

export function progressText(
  { report: { step, losses }, msPerIteration, remainingMs, memoryBytes }: StepProgress,
  settings: TrainSettings,
): string {
  const left = remainingMs === null ? '' : ` ${timeText(remainingMs)} left,`;
  const memory = `${(memoryBytes / 2 ** 20).toFixed(0)} MiB`;
  return `iteration ${step}/${settings.iterations}, ${rateText(msPerIteration)},${left} ${memory}; ${lossText(losses, settings)}`;
}

/** At the end of a run, which on the way says little where nobody looks on. @param ms since it was begun or went on */
export function closingText(
  { report: { step, losses } }: Pick<StepProgress, 'report'>,
  settings: TrainSettings,
  ms: number,
): string {
  return `iteration ${step}/${settings.iterations} after ${timeText(ms)}; ${lossText(losses, settings)}`;
}

/** The log has those of the discriminators, too. */
function lossText(losses: StepProgress['report']['losses'], settings: TrainSettings): string {
  const told = trainingOf(settings).losses.flatMap(({ name, label, chart }) => {
    const value = losses[name];
    return value === undefined || chart !== 'generators' ? [] : [`${label} ${value.toPrecision(3)}`];
  });
  return `loss: ${told.join('; ')}`;
}

export function scoringText({ step, slice, of }: Scoring): string {
  const when = step === 0 ? 'before the first iteration' : `after iteration ${step}`;
  return `scoring ${when}: slice ${slice} of ${of}`;
}

const rateText = (ms: number) => (ms < 1 ? '> 1000 it/s' : `${(1000 / ms).toPrecision(3)} it/s`);
