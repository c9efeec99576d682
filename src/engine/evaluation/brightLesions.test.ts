import { expect, it } from 'vitest';
import { whole } from '../../../test/whole';
import { brightLesions as brightLesionsInPieces } from './brightLesions';

const brightLesions = whole(brightLesionsInPieces);

/** A block of brain, 60 x 60 in a slice of 80 x 80, three slices of 3 mm. */
const SHAPE = [80, 80, 3] as const;
const at = (i: number, j: number, k: number) => i + 80 * (j + 80 * k);
const foreground = Uint8Array.from({ length: 3 * 6400 }, (_, v) => {
  const [i, j] = [v % 80, Math.floor(v / 80) % 80];
  return i >= 10 && i < 70 && j >= 10 && j < 70 ? 1 : 0;
});

function flair(...blocks: [i: number, j: number, k: number, size: number, value: number][]): Float32Array {
  const voxels = Float32Array.from(foreground, (value) => value * 0.3);
  for (const [i, j, k, size, value] of blocks)
    for (let x = 0; x < size; x++) for (let y = 0; y < size; y++) voxels[at(i + x, j + y, k)] = value;
  return voxels;
}

const count = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);

it('finds bright pieces that are large enough and away from the edge', () => {
  const find = (image: Float32Array) => brightLesions(image, foreground, SHAPE, [1, 1, 3]);
  // 1.4 times 0.3 is 0.42; 30 mm³ are ten voxels of 3 mm³.
  expect(count(find(flair([30, 30, 1, 4, 0.43])))).toBe(16);
  expect(count(find(flair([30, 30, 1, 4, 0.41])))).toBe(0);
  expect(count(find(flair([30, 30, 1, 3, 0.6])))).toBe(0);
  // Nine and four voxels that share faces across two slices.
  expect(count(find(flair([30, 30, 1, 3, 0.6], [31, 31, 2, 2, 0.6])))).toBe(13);
  // The 8 pixels at the edge do not count: of 4 x 4 from 16 the part from 18 is left, too small.
  expect(count(find(flair([16, 30, 1, 4, 0.6])))).toBe(0);
  expect(count(find(flair([18, 30, 1, 4, 0.6])))).toBe(16);
  expect(count(find(new Float32Array(foreground.length)))).toBe(0);
});
