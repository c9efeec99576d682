import type { ScorePair } from '../../../../workers/translate/protocol';
import type { SliceState } from '../../../viewer/types';

/** What each slice's cell shows. `done`: a byte a slice. `queue`: slices of the run in the order in which they are done. */
export function sliceStates(count: number, done: Uint8Array | null, queue: readonly number[]): SliceState[] {
  const states = Array.from({ length: count }, (_, k): SliceState => (done?.[k] ? 'done' : 'none'));
  const waiting = queue.filter((k) => !done?.[k]);
  for (const [n, k] of waiting.entries()) states[k] = n === 0 ? 'running' : 'queued';
  return states;
}

/** The foreground SSIM (whole slice where there is none), below 0 taken as 0: no cell changes when another slice is done. */
export function ribbonScores(
  count: number,
  scores: ReadonlyMap<number, ScorePair> | null,
): (number | null)[] {
  return Array.from({ length: count }, (_, k) => {
    const slice = scores?.get(k)?.synthetic;
    const score = slice?.foreground ?? slice?.whole;
    return score ? Math.max(0, score.ssim) : null;
  });
}
