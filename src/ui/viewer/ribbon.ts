/** What the slice ribbon says and which slice lies under a pointer. */
import type { SliceState } from './types';

const STATE_TEXT: Record<SliceState, string> = {
  none: 'not translated',
  queued: 'waiting',
  running: 'being translated',
  done: 'translated',
};

/** "Slice 92 of 0 to 180, translated, score 0.83": numbers as everywhere else, from 0. */
export function describeSlice(
  index: number,
  count: number,
  state: SliceState | undefined,
  score: number | null | undefined,
): string {
  const parts = [`Slice ${index} of 0 to ${count - 1}`, STATE_TEXT[state ?? 'none']];
  if (score !== null && score !== undefined) parts.push(`score ${score.toFixed(2)}`);
  return parts.join(', ');
}

/** The slice under `x` of a ribbon `width` wide (same units); beyond the ends, the first and the last. */
export function sliceUnder(x: number, width: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((x / width) * count)));
}

/** The slice to go to for a key, or null where the key is none of a slider's. */
export function sliceForKey(key: string, current: number, count: number): number | null {
  const last = count - 1;
  const target: Record<string, number> = {
    ArrowRight: current + 1,
    ArrowUp: current + 1,
    ArrowLeft: current - 1,
    ArrowDown: current - 1,
    PageUp: current + 10,
    PageDown: current - 10,
    Home: 0,
    End: last,
  };
  return Object.hasOwn(target, key) ? Math.min(last, Math.max(0, target[key])) : null;
}
