/** Where a run's random numbers come from: each kind has a stream of its own, by the run's seed and the iteration. */
import { textHash } from '../hash';
import type { NoiseKey } from '../random';

/** Numbered by their place, which stays. Streams of other names are numbered by their name. */
const STREAMS: readonly string[] = [
  ...(['d.a', 'd.b', 'g.a', 'g.b'] as const).flatMap((of) =>
    (['t', 'noise', 'pairNoise', 'posteriorNoise', 'z'] as const).map((kind) => `${of}.${kind}` as const),
  ),
  'order.a',
  'order.b',
  'geometry.a',
  'geometry.b',
  'intensity.a',
  'intensity.b',
  'crop.a',
  'crop.b',
];

/** No translation has so many samples of a slice: training never draws the numbers of a translation with the same seed. */
const TRAINING = 2 ** 31 - 1;

/** @param step iteration, or epoch where a stream goes by epochs; 0 .. 2^32-2 */
export function trainKey(seed: number, stream: string, step: number): NoiseKey {
  return { seed, sample: TRAINING, slice: numberOf(stream), step, stream: 'noise' };
}

function numberOf(stream: string): number {
  const place = STREAMS.indexOf(stream);
  if (place >= 0) return place;
  // Above the places.
  return textHash(stream) | 0x100;
}
