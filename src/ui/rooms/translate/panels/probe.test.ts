import { expect, it } from 'vitest';
import { valueAt, worldOf } from './probe';

it('maps a voxel through the affine to mm', () => {
  const affine = [
    [2, 0, 0, -90],
    [0, 0, 3, -10],
    [0, -1, 0, 5],
    [0, 0, 0, 1],
  ] as const;
  expect(worldOf(affine, 1, 2, 3)).toEqual([-88, -1, 3]);
});

it('reads the voxel with i fastest, and nothing outside', () => {
  const scan = { shape: [2, 3, 2], voxels: Float32Array.from({ length: 12 }, (_, n) => n) } as const;
  expect(valueAt(scan, 1, 2, 1)).toBe(1 + 2 * 2 + 6);
  expect(valueAt(scan, 2, 0, 0)).toBeNull();
  expect(valueAt(scan, 0, -1, 0)).toBeNull();
});
