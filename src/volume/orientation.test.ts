import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Affine, Shape3 } from './image';
import {
  applyAffine,
  canonicalAffine,
  canonicalShape,
  canonicalSteps,
  closestCanonical,
  invertAffine,
  isUsableAffine,
  multiplyAffine,
  voxelSizes,
} from './orientation';

const fixtures = JSON.parse(readFileSync(new URL('orientation.fixtures.json', import.meta.url), 'utf8')) as {
  cases: { affine: number[][]; shape: number[]; codes: string; canonical: number[][] }[];
};

const cases = fixtures.cases.map(({ affine, shape, codes, canonical }) => ({
  affine: [...affine, [0, 0, 0, 1]] as unknown as Affine,
  shape: shape as unknown as Shape3,
  codes,
  canonical,
}));

describe('closestCanonical', () => {
  it('gives the axis codes and affines of nibabel for 150 oblique, sheared and random affines', () => {
    expect(cases.length).toBe(150);
    for (const { affine, shape, codes, canonical } of cases) {
      const orientation = closestCanonical(affine);
      expect(orientation.codes).toBe(codes);
      canonicalAffine(affine, shape, orientation)
        .slice(0, 3)
        .flat()
        .forEach((value, n) => {
          expect(Math.abs(value - canonical.flat()[n])).toBeLessThan(1e-10);
        });
    }
  });

  it('sends stored voxels to the canonical ones at the same place in the world', () => {
    for (const { affine, shape } of cases) {
      const orientation = closestCanonical(affine);
      const { start, step } = canonicalSteps(shape, orientation);
      const world = canonicalAffine(affine, shape, orientation);
      const [ni, nj] = canonicalShape(shape, orientation);
      const stored: Shape3 = [shape[0] - 1, Math.floor(shape[1] / 2), Math.floor(shape[2] / 3)];
      const at = start + stored[0] * step[0] + stored[1] * step[1] + stored[2] * step[2];
      const voxel: Shape3 = [at % ni, Math.floor(at / ni) % nj, Math.floor(at / (ni * nj))];
      const there = applyAffine(affine, stored);
      applyAffine(world, voxel).forEach((mm, axis) => {
        expect(Math.abs(mm - there[axis])).toBeLessThan(1e-9);
      });
    }
  });
});

describe('affine algebra', () => {
  it('inverts', () => {
    for (const { affine } of cases) {
      multiplyAffine(affine, invertAffine(affine)).forEach((row, r) => {
        row.forEach((value, c) => {
          expect(Math.abs(value - +(r === c))).toBeLessThan(1e-10);
        });
      });
    }
  });

  it('tells voxel sizes and unusable affines', () => {
    const affine: Affine = [
      [0, 3, 0, 1],
      [2, 4, 0, 1],
      [0, 0, -5, 1],
      [0, 0, 0, 1],
    ];
    expect(voxelSizes(affine)).toEqual([2, 5, 5]);
    expect(isUsableAffine(affine)).toBe(true);
    const flat: Affine = [affine[0], affine[0], affine[2], affine[3]];
    expect(isUsableAffine(flat)).toBe(false);
    expect(() => invertAffine(flat)).toThrow(/invertible/);
    expect(isUsableAffine([[Number.NaN, 0, 0, 0], affine[1], affine[2], affine[3]])).toBe(false);
    // A micrometre voxel is small, not flat.
    expect(
      isUsableAffine([
        [1e-3, 0, 0, 0],
        [0, 1e-3, 0, 0],
        [0, 0, 1e-3, 0],
        [0, 0, 0, 1],
      ]),
    ).toBe(true);
  });
});
