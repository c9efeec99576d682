import { describe, expect, it } from 'vitest';
import { makeImage } from '../../test/makeImage';
import type { Affine, Shape3 } from './image';
import { applyAffine, voxelSizes } from './orientation';
import { needSameGrid, resampleToGrid, sameGrid } from './resample';

const shape: Shape3 = [7, 6, 5];
const affine: Affine = [
  [1.9, -0.4, 0.2, -10],
  [0.5, 2.1, -0.3, 20],
  [-0.1, 0.3, 3.2, 5],
  [0, 0, 0, 1],
];
/** Linear in world mm, so trilinear interpolation is exact. */
const field = ([x, y, z]: Shape3) => 3 * x - 2 * y + z + 7;

function sample(grid: { shape: Shape3; affine: Affine }, f: (world: Shape3) => number): Float32Array {
  const [ni, nj, nk] = grid.shape;
  return Float32Array.from({ length: ni * nj * nk }, (_, at) =>
    f(applyAffine(grid.affine, [at % ni, Math.floor(at / ni) % nj, Math.floor(at / (ni * nj))])),
  );
}

describe('resampleToGrid', () => {
  const volume = makeImage(shape, sample({ shape, affine }, field), { affine });

  it('gives the volume itself on its own grid', () => {
    expect(resampleToGrid(volume, volume)).toEqual(volume.voxels);
  });

  it('is exact for a linear field on a turned, finer grid inside the volume', () => {
    const [x, y, z] = applyAffine(affine, [2, 2, 1]);
    const target = {
      shape: [5, 4, 3] as Shape3,
      affine: [
        [0.3, 0.5, 0, x],
        [-0.5, 0.3, 0.1, y],
        [0, 0.1, 0.7, z],
        [0, 0, 0, 1],
      ] as Affine,
    };
    const want = sample(target, field);
    resampleToGrid(volume, target).forEach((value, n) => {
      expect(Math.abs(value - want[n])).toBeLessThan(1e-4);
    });
  });

  it('holds the edge for half a voxel and is 0 beyond', () => {
    const line = makeImage([3, 1, 1], Float32Array.of(10, 20, Number.NaN), { zooms: [2, 2, 2] });
    const target = {
      shape: [9, 1, 1] as Shape3,
      affine: [
        [1, 0, 0, -2],
        [0, 1, 0, 0.9],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ] as Affine,
    };
    // At -2, -1, 0, ... 6 mm; voxel centres at 0, 2, 4 mm; NaN counts as 0.
    expect([...resampleToGrid(line, target)]).toEqual([0, 10, 10, 15, 20, 10, 0, 0, 0]);
  });
});

describe('sameGrid', () => {
  const moved = (mm: number): Affine => [[1.9, -0.4, 0.2, -10 + mm], affine[1], affine[2], affine[3]];
  it('allows a hundredth of a voxel and no more, at every corner', () => {
    const side = Math.min(...voxelSizes(affine));
    expect(sameGrid({ shape, affine }, { shape, affine: moved(0.0099 * side) })).toBe(true);
    expect(sameGrid({ shape, affine }, { shape, affine: moved(0.0101 * side) })).toBe(false);
    const turned: Affine = [[1.9, -0.4, 0.21, -10], affine[1], affine[2], affine[3]];
    expect(sameGrid({ shape, affine }, { shape, affine: turned })).toBe(false);
    expect(sameGrid({ shape, affine }, { shape: [7, 6, 4], affine })).toBe(false);
  });

  it('says how far two are apart', () => {
    const zooms = voxelSizes(affine);
    const grid = (name: string, to: Affine) => ({ name, shape, zooms, affine: to });
    expect(() => needSameGrid(grid('a', affine), grid('b', moved(0.5)))).toThrow(
      /^a, b: must lie on the same grid, got .*, up to 0\.5 mm apart; resample one to the other first$/,
    );
    expect(() => needSameGrid(grid('a', affine), { ...grid('b', affine), shape: [7, 6, 4] })).toThrow(
      /mm from [^)]*\); resample/,
    );
  });
});
