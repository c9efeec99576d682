import { describe, expect, it } from 'vitest';
import { batchOf, chosenSlices } from './batches';
import type { SliceSet } from './data';
import { presetSettings } from './settings';
import type { Side } from './sides';

const SIZE = 16;
const settings = { ...presetSettings('tiny', { a: 'T1w', b: 'T2w' }), batch: 3 };
const paired = { ...settings, variant: { ...settings.variant, pairing: 'paired' as const } };
const plain = { mirror: false, geometry: false, intensity: false };

/** Image n is flat, n/100 of the range, but for an off-centre square that is brighter by half. */
function slices(count: number): SliceSet {
  const images = new Uint16Array(count * SIZE * SIZE);
  for (let at = 0; at < images.length; at++) {
    const n = Math.floor(at / SIZE ** 2);
    const [x, y] = [at % SIZE, Math.floor((at % SIZE ** 2) / SIZE)];
    images[at] = 655.35 * n + (x > 8 && x < 13 && y > 3 && y < 8 ? 32767 : 0);
  }
  const zeros = new Uint16Array(count);
  return {
    size: SIZE,
    count,
    images,
    subject: zeros,
    slice: zeros,
    foreground: new Float32Array(count),
    subjects: ['sub-1'],
  };
}
const data = (a: number, b: number) => ({ train: { a: slices(a), b: slices(b) } });

/** Which slice an image is, unaugmented. */
const indexOf = (batch: Float32Array, n: number) => Math.round(((batch[n * SIZE * SIZE] + 1) / 2) * 100);

/** The slices of a contrast in the order of `steps` iterations. */
function sequence(side: Side, counts: Record<Side, number>, steps: number, of = settings): number[] {
  return Array.from({ length: steps }, (_, step) => chosenSlices(counts, of, step)[side]).flat();
}

describe('chosenSlices', () => {
  const counts = { a: 12, b: 7 };
  const all = (count: number) => Array.from({ length: count }, (_, n) => n);

  it('takes every slice once an epoch, each epoch in another order', () => {
    for (const side of ['a', 'b'] as const) {
      const count = counts[side];
      const drawn = sequence(side, counts, 28);
      const epochs = Array.from({ length: 7 }, (_, e) => drawn.slice(e * count, (e + 1) * count));
      for (const epoch of epochs) expect(epoch.toSorted((x, y) => x - y)).toEqual(all(count));
      expect(new Set(epochs.map(String)).size).toBe(7);
    }
  });

  it('depends on seed and iteration alone', () => {
    expect(chosenSlices(counts, settings, 9)).toEqual(chosenSlices(counts, { ...settings }, 9));
    expect(sequence('a', counts, 4, { ...settings, seed: 2 })).not.toEqual(sequence('a', counts, 4));
  });

  it('shuffles unpaired contrasts independently and pairs together', () => {
    const same = { a: 12, b: 12 };
    expect(sequence('a', same, 4)).not.toEqual(sequence('b', same, 4));
    expect(sequence('a', same, 4, paired)).toEqual(sequence('b', same, 4, paired));
  });

  it('puts every slice in every place alike', () => {
    const first = Array.from({ length: 6000 }, (_, epoch) => {
      return chosenSlices({ a: 6, b: 6 }, { ...settings, batch: 6 }, epoch).a[0];
    });
    // 1000 of 6000 each: four standard deviations are 115.
    for (const index of all(6)) {
      const count = first.filter((v) => v === index).length;
      expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt((6000 * 5) / 36));
    }
  });
});

describe('batchOf', () => {
  it('gives the chosen slices as they are without augmentation', () => {
    const run = { ...settings, augmentation: plain };
    const batch = batchOf(data(12, 7), run, 4);
    const chosen = chosenSlices({ a: 12, b: 7 }, run, 4);
    for (const side of ['a', 'b'] as const) {
      expect(batch[side]).toHaveLength(3 * SIZE * SIZE);
      expect([0, 1, 2].map((n) => indexOf(batch[side], n))).toEqual(chosen[side]);
    }
  });

  it('gives the same numbers again, others in another iteration', () => {
    const [set, other] = [batchOf(data(12, 7), settings, 4), batchOf(data(1, 1), settings, 5)];
    expect(batchOf(data(12, 7), settings, 4)).toEqual(set);
    // One and the same slice, three augmentations.
    const images = [0, 1, 2].map((n) => String(other.a.slice(n * SIZE * SIZE, (n + 1) * SIZE * SIZE)));
    expect(new Set(images).size).toBe(3);
    expect(batchOf(data(1, 1), settings, 6).a).not.toEqual(other.a);
  });

  it('moves a pair alike and brightens its source alone', () => {
    const still = { ...paired, augmentation: { ...paired.augmentation, intensity: false } };
    const towards = (direction: 'aToB' | 'bToA' | 'both') => ({
      ...paired,
      variant: { ...paired.variant, direction },
    });
    for (let step = 0; step < 4; step++) {
      const moved = batchOf(data(5, 5), still, step);
      expect(moved.a).toEqual(moved.b);
      const toB = batchOf(data(5, 5), towards('aToB'), step);
      expect(toB.b).toEqual(moved.b);
      expect(toB.a).not.toEqual(moved.a);
      const toA = batchOf(data(5, 5), towards('bToA'), step);
      expect(toA.a).toEqual(moved.a);
      expect(toA.b).not.toEqual(moved.b);
      expect(batchOf(data(5, 5), towards('both'), step)).toEqual(moved);
    }
    const unpaired = { ...still, variant: settings.variant };
    const moved = batchOf(data(1, 1), unpaired, 0);
    expect(moved.a).not.toEqual(moved.b);
  });
});

describe('crops', () => {
  const CROP = 4;
  const cropped = { ...settings, crop: CROP, augmentation: plain };
  const crops = (batch: Float32Array) =>
    [0, 1, 2].map((n) => [...batch.subarray(n * CROP ** 2, (n + 1) * CROP ** 2)]);
  /** Of every slice the bright square alone is foreground. */
  const headed = (count: number) => {
    const set = slices(count);
    set.foreground.fill(0.4);
    return set;
  };
  const train = { a: headed(8), b: headed(8) };

  it('are squares of the slices with some of their foreground', () => {
    for (let step = 0; step < 20; step++) {
      const { a } = batchOf({ train }, cropped, step);
      const chosen = chosenSlices({ a: 8, b: 8 }, cropped, step).a;
      expect(a).toHaveLength(3 * CROP ** 2);
      crops(a).forEach((crop, n) => {
        // Two values of the range [-1, 1]: the slice's own and its square's, half of the range brighter.
        const [low, high] = [0.02 * chosen[n] - 1, 0.02 * chosen[n]];
        for (const value of crop)
          expect(Math.min(Math.abs(value - low), Math.abs(value - high))).toBeLessThan(1e-3);
        expect(crop.some((value) => Math.abs(value - high) < 1e-3)).toBe(true);
      });
    }
  });

  it('reach every part of the foreground', () => {
    const patterns = Array.from({ length: 100 }, (_, step) => crops(batchOf({ train }, cropped, step).a))
      .flat()
      .map((crop) => String(crop.map((value) => value > Math.min(...crop) + 0.5)));
    // About each of the square's 4 x 4 pixels.
    expect(new Set(patterns).size).toBe(16);
  });

  it('of a pair lie in the same place, and depend on seed and iteration alone', () => {
    const pairs = { ...cropped, variant: paired.variant };
    for (let step = 0; step < 10; step++) {
      const { a, b } = batchOf({ train }, pairs, step);
      expect(a).toEqual(b);
      expect(batchOf({ train }, pairs, step)).toEqual({ a, b });
    }
    const some = [0, 1, 2, 3].map((seed) => String(batchOf({ train }, { ...pairs, seed }, 0).a));
    expect(new Set(some).size).toBe(4);
  });

  it('are of the middle where a slice has no foreground', () => {
    const dark = { ...train.a, images: new Uint16Array(train.a.images.length) };
    dark.images[8 * SIZE + 8] = 6554;
    dark.foreground = new Float32Array(8).fill(0.5);
    const one = { ...dark, count: 1, images: dark.images.slice(0, SIZE ** 2) };
    const { a } = batchOf({ train: { a: one, b: one } }, { ...cropped, batch: 1 }, 0);
    expect(a.findIndex((value) => value > -1)).toBe(2 * CROP + 2);
  });

  it('of the whole size are the slices themselves', () => {
    const whole = { ...settings, crop: SIZE };
    expect(batchOf({ train }, whole, 3)).toEqual(batchOf({ train }, settings, 3));
  });
});
