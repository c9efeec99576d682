/**
 * Which slices an iteration takes, and how they are varied. Both depend on the run's seed and the iteration alone, so that a
 * resumed run goes on as if it had not been stopped.
 *
 * Each contrast goes through all its slices in a new random order every epoch. Unpaired, the two orders know nothing of each
 * other: no loss compares the two real images of an iteration, so it does not matter if they happen to be one subject's.
 */
import { joinArrays } from '../joinArrays';
import { uniforms } from '../random';
import { augment, drawAugmentation, GEOMETRY_DRAWS, INTENSITY_DRAWS } from './augment';
import { type SliceSet, sliceImage, type TrainData } from './data';
import type { TrainSettings } from './settings';
import type { Side } from './sides';
import { trainKey } from './streams';
import { trainedSides } from './variant';

type BatchSettings = Pick<TrainSettings, 'seed' | 'batch' | 'augmentation' | 'variant' | 'crop'>;

/**
 * The augmented images of an iteration, [-1, 1]: of each contrast batch whole slices, or squares of `crop` pixels cut out of
 * them. Paired, image n of `a` and of `b` are the same anatomy in the same place.
 * @param step iterations done before this one, 0 at first
 */
export function batchOf(
  { train }: Pick<TrainData, 'train'>,
  settings: BatchSettings,
  step: number,
): Record<Side, Float32Array> {
  const { seed, batch, crop, variant } = settings;
  const chosen = chosenSlices({ a: train.a.count, b: train.b.count }, settings, step);
  const slices = {
    a: augmented(train.a, chosen.a, 'a', settings, step),
    b: augmented(train.b, chosen.b, 'b', settings, step),
  };
  const seen = (side: Side): Float32Array[] => {
    if (crop === undefined) return slices[side];
    // A pair is cut in the same place, where its `a` has head.
    const guide = variant.pairing === 'paired' ? 'a' : side;
    const uniform = uniforms(trainKey(seed, `crop.${guide}`, step), batch);
    const { size, foreground } = train[guide];
    return slices[side].map((image, n) => {
      const corner = cropCorner(slices[guide][n], size, crop, foreground[chosen[guide][n]], uniform[n]);
      return cut(image, size, crop, corner);
    });
  };
  return { a: joinArrays(seen('a')), b: joinArrays(seen('b')) };
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
): Float32Array[] {
  const place = variant.pairing === 'paired' ? 'a' : side;
  const geometry = uniforms(trainKey(seed, `geometry.${place}`, step), batch * GEOMETRY_DRAWS);
  const intensity = uniforms(trainKey(seed, `intensity.${side}`, step), batch * INTENSITY_DRAWS);
  const allowed = { ...augmentation, intensity: augmentation.intensity && variesInBrightness(side, variant) };
  return chosen.map((index, n) => {
    const draw = drawAugmentation(
      geometry.subarray(n * GEOMETRY_DRAWS, (n + 1) * GEOMETRY_DRAWS),
      intensity.subarray(n * INTENSITY_DRAWS, (n + 1) * INTENSITY_DRAWS),
      allowed,
    );
    return augment(sliceImage(set, index), set.size, draw);
  });
}

/**
 * A pair's target stays as bright as it is: no network could tell from the source how its brightness was changed, so that the
 * change would be noise in what is to be learnt. Unpaired, what is given to the generator is made of the same changed image.
 */
function variesInBrightness(side: Side, variant: TrainSettings['variant']): boolean {
  return variant.pairing === 'unpaired' || !trainedSides(variant).includes(side);
}

/**
 * Left and upper pixel of a square about one of the image's foreground pixels, each as likely as any other, moved as far as it
 * must to lie in the image; about the middle where there is no foreground.
 */
function cropCorner(
  image: Float32Array,
  size: number,
  crop: number,
  threshold: number,
  uniform: number,
): [number, number] {
  const head: number[] = [];
  image.forEach((value, at) => {
    if ((value + 1) / 2 > threshold) head.push(at);
  });
  const middle = (size * size + size) / 2;
  const centre = head[Math.floor(uniform * head.length)] ?? middle;
  const within = (at: number) => Math.min(Math.max(at - Math.floor(crop / 2), 0), size - crop);
  return [within(centre % size), within(Math.floor(centre / size))];
}

function cut(
  image: Float32Array,
  size: number,
  crop: number,
  [left, top]: readonly [number, number],
): Float32Array {
  const out = new Float32Array(crop * crop);
  for (let row = 0; row < crop; row++) {
    const from = (top + row) * size + left;
    out.set(image.subarray(from, from + crop), row * crop);
  }
  return out;
}
