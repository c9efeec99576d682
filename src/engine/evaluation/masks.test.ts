import { describe, expect, it } from 'vitest';
import { whole } from '../../../test/whole';
import { components as componentsInPieces } from './components';
import {
  brainMask as brainMaskInPieces,
  dilateInPlane as dilateInPlaneInPieces,
  erodeInPlane as erodeInPlaneInPieces,
  INSIDE_RADIUS,
  insideMask as insideMaskInPieces,
} from './masks';

const components = whole(componentsInPieces);
const brainMask = whole(brainMaskInPieces);
const dilateInPlane = whole(dilateInPlaneInPieces);
const erodeInPlane = whole(erodeInPlaneInPieces);
const insideMask = whole(insideMaskInPieces);

/** A mask from slices of rows, "#" for 1. */
function mask(...slices: string[][]) {
  const shape = [slices[0][0].length, slices[0].length, slices.length] as const;
  const voxels = Uint8Array.from(slices.flat().join(''), (pixel) => (pixel === '#' ? 1 : 0));
  return { voxels, shape };
}

function rows(voxels: Uint8Array, [ni, nj]: readonly [number, number, number], k = 0): string[] {
  return Array.from({ length: nj }, (_, j) =>
    [...voxels.subarray(ni * (j + nj * k), ni * (j + nj * k + 1))].map((v) => (v ? '#' : '.')).join(''),
  );
}

describe('morphology in plane', () => {
  it('erodes and dilates by a box, each slice by itself', () => {
    const { voxels, shape } = mask(
      ['.......', '.#####.', '.#####.', '.#####.', '.......'],
      Array(5).fill('.......'),
    );
    const eroded = erodeInPlane(voxels, shape, 1);
    expect(rows(eroded, shape)).toEqual(['.......', '.......', '..###..', '.......', '.......']);
    expect(dilateInPlane(eroded, shape, 1)).toEqual(voxels);
    expect(rows(dilateInPlane(voxels, shape, 1), shape, 1)).toEqual(Array(5).fill('.......'));
  });

  it('takes nothing away at the edge of the image', () => {
    const { voxels, shape } = mask(['####', '####', '..##']);
    expect(rows(erodeInPlane(voxels, shape, 1), shape)).toEqual(['####', '...#', '...#']);
  });
});

describe('components', () => {
  it('are connected by faces, across slices, too', () => {
    const { voxels, shape } = mask(['##.', '...', '..#'], ['.#.', '..#', '...']);
    const { labels, sizes } = components(voxels, shape);
    expect(sizes).toEqual([3, 1, 1]);
    expect([labels[0], labels[1], labels[9 + 1]]).toEqual([1, 1, 1]);
    expect([labels[8], labels[9 + 5], labels[4]]).toEqual([2, 3, 0]);
  });
});

/** Discs: scalp of radius 56 to 59, brain to 50 with a dark ventricle of radius 3. */
function head() {
  const size = 128;
  const shape = [size, size, 2] as const;
  const voxels = new Uint8Array(size * size * 2);
  const distance = (at: number) => Math.hypot((at % size) - 63.5, (Math.floor(at / size) % size) - 63.5);
  for (let at = 0; at < voxels.length; at++) {
    const d = distance(at);
    voxels[at] = (d > 56 && d < 59) || (d < 50 && d > 3) ? 1 : 0;
  }
  return { voxels, shape, distance };
}

describe('inside and brain', () => {
  const { voxels, shape, distance } = head();

  it('leave out scalp and bone, and the inside the surroundings of dark fluid, too', () => {
    const inside = insideMask(voxels, shape);
    // A box of 8 pixels keeps what is at least 8 along the axes, and 8 √2 along the diagonals, from the edge.
    for (let at = 0; at < inside.length; at++) {
      if (inside[at])
        expect(distance(at) > 3 + INSIDE_RADIUS && distance(at) < 50 - INSIDE_RADIUS).toBe(true);
      if (distance(at) > 3 + 8 * Math.SQRT2 && distance(at) < 50 - 8 * Math.SQRT2 - 1)
        expect(inside[at]).toBe(1);
    }
    expect(inside.reduce((sum, v) => sum + v, 0)).toBeGreaterThan(3000);
  });

  it('has its ventricles in the brain, and no scalp', () => {
    const brain = brainMask(voxels, shape);
    for (let at = 0; at < brain.length; at++) {
      if (distance(at) < 40) expect(brain[at]).toBe(1);
      if (distance(at) > 52) expect(brain[at]).toBe(0);
    }
    expect(brainMask(new Uint8Array(voxels.length), shape).includes(1)).toBe(false);
  });
});
