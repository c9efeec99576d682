/**
 * Which slices an iteration takes, and how they are varied. Both depend on the run's seed and the iteration alone, so that a
 * resumed run goes on as if it had not been stopped.
 *
 * Each contrast goes through all its slices in a new random order every epoch. Unpaired, the two orders know nothing of each
 * other: no loss compares the two real images of an iteration, so it does not matter if they happen to be one subject's.
 */
import { uniforms } from '../random';
import { augment, drawAugmentation, GEOMETRY_DRAWS, INTENSITY_DRAWS } from './augment';
import { type SliceSet, sliceImage, type TrainData } from './data';
import { trainKey } from './draws';
import type { Side, TrainSettings } from './settings';

type BatchSettings = Pick<TrainSettings, 'seed' | 'batch' | 'augmentation' | 'variant'>;

/**
 * The augmented images of an iteration, batch*size*size of each contrast, [-1, 1]. Paired, image n of `a` and of `b` are the
 * same anatomy in the same place, each with its own brightness.
 * @param step iterations done before this one, 0 at first
 */
export function batchOf(
  { train }: Pick<TrainData, 'train'>,
  settings: BatchSettings,
  step: number,
): Record<Side, Float32Array> {
  const chosen = chosenSlices({ a: train.a.count, b: train.b.count }, settings, step);
  return {
    a: augmented(train.a, chosen.a, 'a', settings, step),
    b: augmented(train.b, chosen.b, 'b', settings, step),
  };
}

/**
 * Indices of an iteration's slices, `batch` of each contrast.
 * @param counts slices of each contrast, above 0; equal where the run is paired
 */
export function chosenSlices(
  counts: Record<Side, number>,
  { seed, batch, variant }: Pick<BatchSettings, 'seed' | 'batch' | 'variant'>,
  step: number,
): Record<Side, number[]> {
  const choose = (side: Side, count: number) => {
    const orders = new Map<number, number[]>();
    return Array.from({ length: batch }, (_, n) => {
      const place = step * batch + n;
      const epoch = Math.floor(place / count);
      const order = orders.get(epoch) ?? randomOrder(count, seed, side, epoch);
      orders.set(epoch, order);
      return order[place % count];
    });
  };
  const a = choose('a', counts.a);
  return { a, b: variant.pairing === 'paired' ? a : choose('b', counts.b) };
}

/** 0 .. count-1 shuffled (Fisher-Yates). */
function randomOrder(count: number, seed: number, side: Side, epoch: number): number[] {
  const draws = uniforms(trainKey(seed, `order.${side}`, epoch), count);
  const order = Array.from({ length: count }, (_, n) => n);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(draws[last] * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

function augmented(
  set: SliceSet,
  chosen: readonly number[],
  side: Side,
  { seed, batch, variant, augmentation }: BatchSettings,
  step: number,
): Float32Array {
  const { size } = set;
  const place = variant.pairing === 'paired' ? 'a' : side;
  const geometry = uniforms(trainKey(seed, `geometry.${place}`, step), batch * GEOMETRY_DRAWS);
  const intensity = uniforms(trainKey(seed, `intensity.${side}`, step), batch * INTENSITY_DRAWS);
  const images = new Float32Array(batch * size * size);
  chosen.forEach((index, n) => {
    const draw = drawAugmentation(
      geometry.subarray(n * GEOMETRY_DRAWS, (n + 1) * GEOMETRY_DRAWS),
      intensity.subarray(n * INTENSITY_DRAWS, (n + 1) * INTENSITY_DRAWS),
      augmentation,
    );
    images.set(augment(sliceImage(set, index), size, draw), n * size * size);
  });
  return images;
}
