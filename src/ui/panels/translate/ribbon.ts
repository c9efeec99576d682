import type { ScorePair } from '../../state/types';
import type { SliceState } from '../../viewer/types';

/** What each slice's cell shows. `queue`: slices of the run in the order in which they are done. */
export function sliceStates(
  count: number,
  done: { has(k: number): boolean } | null,
  queue: readonly number[],
): SliceState[] {
  const states = Array.from({ length: count }, (_, k): SliceState => (done?.has(k) ? 'done' : 'none'));
  const waiting = queue.filter((k) => !done?.has(k));
  for (const [n, k] of waiting.entries()) states[k] = n === 0 ? 'running' : 'queued';
  return states;
}

/** The foreground SSIM (whole slice where there is none) spread over 0..1 between the worst and the best slice. */
export function ribbonScores(
  count: number,
  scores: ReadonlyMap<number, ScorePair> | null,
): (number | null)[] {
  const ssim = Array.from({ length: count }, (_, k) => {
    const pair = scores?.get(k)?.synthetic;
    return pair ? (pair.foreground ?? pair.whole).ssim : null;
  });
  const known = ssim.filter((value) => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  return ssim.map((value) => (value === null ? null : high > low ? (value - low) / (high - low) : 1));
}
