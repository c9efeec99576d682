import { expect, it } from 'vitest';
import { headOverlap } from './headOverlap';

it.each([
  ['the same', [0, 5, 5, 0], [0, 90, 90, 0], 1],
  ['a slab of it', [0, 5, 5, 5], [0, 0, 90, 0], 1],
  ['half of it', [5, 5, 0, 0], [0, 90, 90, 0], 0.5],
  ['elsewhere', [5, 5, 0, 0], [0, 0, 90, 90], 0],
  ['nothing', [5, 5, 0, 0], [0, 0, 0, 0], 0],
  ['not all numbers', [5, Number.NaN, 0, 0], [90, 90, 0, 0], 1],
])('of %s', (_, a, b, share) => {
  const [one, other] = [
    { voxels: Float32Array.from(a), threshold: 1 },
    { voxels: Float32Array.from(b), threshold: 10 },
  ];
  expect(headOverlap(one, other)).toBe(share);
  expect(headOverlap(other, one)).toBe(share);
});
