import { describe, expect, it } from 'vitest';
import { makeImage } from '../../test/makeImage';
import { applyAffine } from './orientation';
import { PLANES, planeView, putSlice, takeSlice, voxelUnder } from './planes';

/** Voxel (i, j, k) has the value 100 i + 10 j + k. */
const shape = [3, 4, 5] as const;
const zooms = [1, 2, 3] as const;
const image = makeImage(
  shape,
  Float32Array.from(
    { length: 60 },
    (_, at) => 100 * (at % 3) + 10 * (Math.floor(at / 3) % 4) + Math.floor(at / 12),
  ),
  { zooms },
);

describe('planeView', () => {
  it.each([
    // i to the right, j upwards.
    ['axial', { count: 5, width: 3, height: 4, spacing: [1, 2] }, [1, 101, 201, 11, 111, 211]],
    ['coronal', { count: 4, width: 3, height: 5, spacing: [1, 3] }, [10, 110, 210, 11, 111, 211]],
    // The front, large j, first.
    ['sagittal', { count: 3, width: 4, height: 5, spacing: [2, 3] }, [130, 120, 110, 100, 131, 121]],
  ] as const)('walks %s slices', (plane, size, first) => {
    const view = planeView(image, plane);
    expect(view).toMatchObject(size);
    expect([...takeSlice(image.voxels, view, 1)].slice(0, 6)).toEqual(first);
  });

  it.each(PLANES)('%s: its letters say where the patient lies, by the world of the affine', (plane) => {
    const view = planeView(image, plane);
    const world = (x: number, y: number) =>
      applyAffine(image.affine, voxelUnder(view, shape, { x, y, n: 0 })!.voxel);
    const letterOf = (from: readonly number[], to: readonly number[]) => {
      const axis = to.findIndex((value, n) => value !== from[n]);
      return ['LR', 'PA', 'IS'][axis][to[axis] > from[axis] ? 1 : 0];
    };
    const [origin, right, top] = [world(0, 0), world(1, 0), world(0, 1)];
    expect(view.edges).toEqual({
      left: letterOf(right, origin),
      right: letterOf(origin, right),
      bottom: letterOf(top, origin),
      top: letterOf(origin, top),
    });
  });

  it.each(PLANES)('%s: slices put back make the volume, and every pixel knows its voxel', (plane) => {
    const view = planeView(image, plane);
    const again = new Float32Array(60).fill(Number.NaN);
    for (let n = 0; n < view.count; n++) {
      const slice = takeSlice(image.voxels, view, n);
      putSlice(again, view, n, slice);
      for (let at = 0; at < slice.length; at++) {
        const pixel = { x: at % view.width, y: Math.floor(at / view.width), n };
        const under = voxelUnder(view, shape, pixel)!;
        const [i, j, k] = under.voxel;
        expect([slice[at], slice[at]]).toEqual([100 * i + 10 * j + k, image.voxels[under.at]]);
      }
    }
    expect(again).toEqual(image.voxels);
    for (const pixel of [
      { x: -1 },
      { x: view.width },
      { y: -1 },
      { y: view.height },
      { n: -1 },
      { n: view.count },
    ])
      expect(voxelUnder(view, shape, { x: 0, y: 0, n: 0, ...pixel })).toBeNull();
  });

  it('refuses a slice that is not there, and one of another size', () => {
    const view = planeView(image, 'coronal');
    for (const n of [-1, 4, 0.5])
      expect(() => takeSlice(image.voxels, view, n)).toThrow(
        `coronal slice: must be 0 to 3, got ${n}; choose a slice of the volume`,
      );
    expect(() => putSlice(image.voxels.slice(), view, 0, new Float32Array(12))).toThrow(
      'coronal slice: must have 3 x 5 pixels, got 12;',
    );
  });
});
