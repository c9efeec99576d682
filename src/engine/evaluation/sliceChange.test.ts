import { expect, it } from 'vitest';
import { sliceChange } from './sliceChange';

const SHAPE = [2, 1, 3] as const;
const all = new Uint8Array(6).fill(1);

it('is the mean difference to the next counted slice, by the mean', () => {
  const image = Float32Array.of(1, 3, 2, 3, 2, 7);
  // |2 - 1| + 0 + 0 + |7 - 3| by 1 + 3 + 2 + 3.
  expect(sliceChange(image, all, SHAPE, [0, 1, 2])).toBeCloseTo(5 / 9, 12);
  expect(sliceChange(image, all, SHAPE, [0, 2])).toBeCloseTo(5 / 4, 12);
  // Head in both slices only.
  expect(sliceChange(image, Uint8Array.of(1, 0, 1, 1, 0, 1), SHAPE, [0, 1, 2])).toBeCloseTo(5 / 4, 12);
});

it('does not depend on the brightness, and is none without two slices or an image', () => {
  const image = Float32Array.of(1, 3, 2, 3, 2, 7);
  const brighter = image.map((value) => value * 4);
  expect(sliceChange(brighter, all, SHAPE, [0, 1])).toBe(sliceChange(image, all, SHAPE, [0, 1]));
  expect(sliceChange(image, all, SHAPE, [1])).toBeNull();
  expect(sliceChange(new Float32Array(6), all, SHAPE, [0, 1])).toBeNull();
});
