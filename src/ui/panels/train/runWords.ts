/** How a run is spoken of. */
import type { StoredRun } from '../../../workers/trainProtocol';
import { formatBytes, formatDuration } from '../../format';
import type { TrainPhase, TrainRun } from '../../state/train/types';

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
  return run.progress.compiling ? 'Compiling shaders…' : 'Training';
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
