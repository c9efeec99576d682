/** How a run is spoken of. */
import type { StoredRun, TrainSettings } from '../../../../workers/train/protocol';
import { optionsIn } from '../../../../workers/train/settings';
import { formatBytes, formatDuration } from '../../../format';
import type { TrainPhase, TrainRun } from '../state/types';

/** "2026-01-31 09:30", in local time. */
export function runDate({ started }: Pick<StoredRun, 'started'>): string {
  const date = new Date(started);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** "3.2 it/s", below one a second "12.5 s/it". */
export function speedText(perSecond: number): string {
  if (!(perSecond > 0)) return '–';
  return perSecond >= 1 ? `${perSecond.toFixed(1)} it/s` : `${(1 / perSecond).toFixed(1)} s/it`;
}

/** What the run is doing, in one or two words. */
export function phaseText(phase: TrainPhase, run: TrainRun): string {
  if (phase === 'pausing') return 'Writing a checkpoint…';
  if (phase === 'paused') return 'Paused';
  if (phase === 'done') return 'Done';
  if (!run.progress) return 'Preparing networks and slices…';
  if (run.scoring) {
    const { step } = run.scoring;
    return step === 0 ? 'Scoring before the first iteration' : `Scoring after iteration ${step}`;
  }
  if (run.drawing) {
    const { step } = run.drawing;
    return step === 0 ? 'Making the first pictures' : `Making the pictures of iteration ${step}`;
  }
  return run.progress.compiling ? 'Compiling shaders…' : 'Training';
}

/** Which slice a validation, or the making of pictures, has come to: changes too often to be read aloud with the phase. Null between them. */
export function scoringPlace(phase: TrainPhase, { progress, scoring, drawing }: TrainRun): string | null {
  if (phase !== 'running' || !progress) return null;
  if (scoring) return `slice ${scoring.slice} of ${scoring.of}`;
  return drawing && `picture ${drawing.slice} of ${drawing.of}`;
}

/** Why a run's model cannot be taken from its checkpoint, of so many iterations; null where it can. */
export function checkpointBlock(checkpoint: number | null): string | null {
  if (checkpoint === null) return 'There is no checkpoint yet';
  return checkpoint === 0 ? 'No iteration is done yet: the start model is unchanged' : null;
}

/** The loss weights that count, and what is switched on: "L1 0.5, cycle 0.5". */
export function weightsText(settings: Pick<TrainSettings, 'method' | 'variant' | 'options'>): string {
  const { options } = settings;
  const told = optionsIn(settings).flatMap(({ id, kind, short }) => {
    if (!short) return [];
    if (kind === 'switch') return options[id] === 1 ? [short] : [];
    return [`${short} ${options[id]}`];
  });
  return told.join(', ');
}

/** The figures of the header; a dash where there is none yet. */
export function runFigures(phase: TrainPhase, { progress, checkpoint }: TrainRun): [string, string][] {
  const isGoing = phase === 'running' || phase === 'pausing';
  const left = isGoing ? (progress?.remainingMs ?? null) : null;
  return [
    ['Speed', progress ? speedText(progress.iterationsPerSecond) : '–'],
    ['Left', left === null ? '–' : formatDuration(left)],
    ['Memory', progress ? formatBytes(progress.memoryBytes) : '–'],
    ['Checkpoint', checkpoint === null ? '–' : `at ${checkpoint}`],
  ];
}
