import { expect, it } from 'vitest';
import { isSameImage } from './sameImage';

it('is told by every voxel, those without a number among them', () => {
  const image = (...voxels: number[]) => ({ voxels: Float32Array.from(voxels) });
  expect(isSameImage(image(1, Number.NaN, 3), image(1, Number.NaN, 3))).toBe(true);
  expect(isSameImage(image(1, 2, 3), image(1, 2, 3.5))).toBe(false);
  expect(isSameImage(image(1, 2, 3), image(1, 2))).toBe(false);
});
