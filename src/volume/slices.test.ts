import { describe, expect, it } from 'vitest';
import { makeImage } from '../../test/makeImage';
import { headPhantom } from '../../test/makeNifti';
import type { Shape3 } from './image';
import { coverOf, extractCover, extractSlice, planSlices, restoreSlice } from './slices';

/** A one-slice scan with the value f(i, j). */
function scan(ni: number, nj: number, zooms: Shape3, f: (i: number, j: number) => number) {
  const voxels = Float32Array.from({ length: ni * nj }, (_, at) => f(at % ni, Math.floor(at / ni)));
  return makeImage([ni, nj, 1], voxels, { zooms });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, n) => Math.max(largest, Math.abs(value - b[n])), 0);
}

const noise = (i: number, j: number) => 100 + 50 * Math.sin(i * 12.9898 + j * 78.233) + i;

describe('slice plan', () => {
  it('is plain 2 x 2 averaging for 256 x 256 at 0.9375 mm and a model of 128 x 128 at 1.875 mm', () => {
    const volume = scan(256, 256, [0.9375, 0.9375, 5], noise);
    const plan = planSlices(volume, { pixelSize: 1.875, size: 128 });
    const image = extractSlice(volume, plan, 0);
    const at = (i: number, j: number) => volume.voxels[i + 256 * j];
    for (let row = 0; row < 128; row++) {
      for (let column = 0; column < 128; column++) {
        // Row 0 is the front (largest j), column 0 the patient's right (largest i).
        const [i, j] = [2 * (127 - column), 2 * (127 - row)];
        const mean = (at(i, j) + at(i + 1, j) + at(i, j + 1) + at(i + 1, j + 1)) / 4;
        expect(Math.abs(image[row * 128 + column] - mean)).toBeLessThan(1e-4);
      }
    }
    expect(plan.foregroundCut).toBe(0);
  });

  it('is plain bilinear twofold enlargement on the way back', () => {
    const volume = scan(256, 256, [0.9375, 0.9375, 5], noise);
    const plan = planSlices(volume, { pixelSize: 1.875, size: 128 });
    const model = Float32Array.from({ length: 128 * 128 }, (_, n) => noise(n % 128, Math.floor(n / 128)));
    const restored = restoreSlice(plan, model);
    const at = (i: number, j: number) => model[(127 - j) * 128 + (127 - i)];
    const near = (n: number) => {
      // Weights of twofold bilinear interpolation with half-pixel centres: 1/4 and 3/4, held at the edges.
      const own = Math.floor(n / 2);
      const other = Math.min(Math.max(n % 2 === 0 ? own - 1 : own + 1, 0), 127);
      return { own, other };
    };
    for (let j = 0; j < 256; j++) {
      for (let i = 0; i < 256; i++) {
        const [x, y] = [near(i), near(j)];
        const row = (r: number) => 0.75 * at(x.own, r) + 0.25 * at(x.other, r);
        expect(Math.abs(restored[i + 256 * j] - (0.75 * row(y.own) + 0.25 * row(y.other)))).toBeLessThan(
          1e-4,
        );
      }
    }
  });

  it.each([
    [181, 217, 256],
    [180, 216, 256],
    [5, 256, 256],
  ])(
    'lays %i x %i pixels of the model size in its square of %i as the training slices were, and restores them',
    (ni, nj, size) => {
      // 1.2000000476837158 is what a header's float32 makes of 1.2.
      const volume = scan(ni, nj, [1.2000000476837158, 1.2000000476837158, 1], noise);
      const plan = planSlices(volume, { pixelSize: 1.2, size });
      const image = extractSlice(volume, plan, 0);
      // The training slices: both axes reversed, transposed, low margin = floor(half of what is left).
      const expected = new Float32Array(size * size);
      const top = Math.floor((size - nj) / 2);
      const left = Math.floor((size - ni) / 2);
      for (let j = 0; j < nj; j++)
        for (let i = 0; i < ni; i++)
          expected[(top + nj - 1 - j) * size + left + ni - 1 - i] = volume.voxels[i + ni * j];
      expect(largestDifference(image, expected)).toBeLessThan(1e-3);
      expect(largestDifference(restoreSlice(plan, image), volume.voxels)).toBeLessThan(1e-3);
    },
  );

  it('is the identity, to the bit, on the model grid itself', () => {
    const volume = scan(64, 64, [2, 2, 2], noise);
    const plan = planSlices(volume, { pixelSize: 2, size: 64 });
    const image = extractSlice(volume, plan, 0);
    expect(image).toEqual(volume.voxels.slice().reverse());
    expect(restoreSlice(plan, image)).toEqual(volume.voxels);
  });

  const grids: [ni: number, nj: number, x: number, y: number][] = [
    [181, 217, 1, 1],
    [512, 512, 0.45, 0.45],
    [64, 80, 3.5, 2.9],
    [320, 60, 0.7, 3.3],
    [57, 250, 3.1, 0.9],
    [33, 33, 1.875, 1.875],
    [1, 1, 200, 200],
  ];

  it.each(grids)('keeps every point of a ramp in its place: %i x %i at %f x %f mm', (ni, nj, x, y) => {
    // Value = 3 x mm + 2 y mm from the middle of the field of view. Linear interpolation keeps it exactly; a mean over
    // parts of w mm pixels errs by at most w²/8 at each of its two ends, divided by its own width.
    const mmI = (i: number) => (i + 0.5 - ni / 2) * x;
    const mmJ = (j: number) => (j + 0.5 - nj / 2) * y;
    const volume = scan(ni, nj, [x, y, 1], (i, j) => 1000 + 3 * mmI(i) + 2 * mmJ(j));
    const size = 128;
    const pixelSize = 1.875;
    const partial = (from: number, to: number) => (from < to ? from ** 2 / (4 * to) : 0);
    const there = 3 * partial(x, pixelSize) + 2 * partial(y, pixelSize) + 0.001;
    const andBack = there + 3 * partial(pixelSize, x) + 2 * partial(pixelSize, y);
    const plan = planSlices(volume, { pixelSize, size });
    const image = extractSlice(volume, plan, 0);
    const inner = (mm: number, half: number, step: number) => Math.abs(mm) < half - step;
    // Where the plan says that the middle of the scan lies.
    const middleI = plan.i.offset + (ni * plan.i.scale) / 2;
    const middleJ = plan.j.offset + (nj * plan.j.scale) / 2;
    expect(Math.abs(middleI - size / 2)).toBeLessThanOrEqual(0.5 + 1e-9);
    let compared = 0;
    let worstThere = 0;
    let worstBack = 0;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const right = (size - 1 - column + 0.5 - middleI) * pixelSize;
        const front = (size - 1 - row + 0.5 - middleJ) * pixelSize;
        if (!inner(right, (ni * x) / 2, x + pixelSize) || !inner(front, (nj * y) / 2, y + pixelSize))
          continue;
        compared++;
        worstThere = Math.max(
          worstThere,
          Math.abs(image[row * size + column] - (1000 + 3 * right + 2 * front)),
        );
      }
    }
    const restored = restoreSlice(plan, image);
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++) {
        const margin = 2 * (pixelSize + Math.max(x, y));
        const half = (extent: number) => Math.min(extent, size * pixelSize) / 2;
        if (!inner(mmI(i), half(ni * x), margin) || !inner(mmJ(j), half(nj * y), margin)) continue;
        compared++;
        worstBack = Math.max(worstBack, Math.abs(restored[i + ni * j] - volume.voxels[i + ni * j]));
      }
    }
    expect(worstThere).toBeLessThan(there);
    expect(worstBack).toBeLessThan(andBack);
    // One pixel has no inside.
    expect(compared).toBeGreaterThan(ni === 1 ? -1 : 100);
  });

  it.each(grids)(
    'keeps a constant constant, in the field of view and back: %i x %i at %f x %f mm',
    (ni, nj, x, y) => {
      const volume = scan(ni, nj, [x, y, 1], () => 7);
      const plan = planSlices(volume, { pixelSize: 1.875, size: 128 });
      const image = extractSlice(volume, plan, 0);
      expect(image.filter((value) => value !== 0 && Math.abs(value - 7) > 1e-5).length).toBe(0);
      const restored = restoreSlice(plan, image, -1);
      expect(restored.filter((value) => value !== -1 && Math.abs(value - 7) > 1e-5).length).toBe(0);
      const covered = Math.min(1, 240 / (ni * x)) * Math.min(1, 240 / (nj * y));
      const share = restored.filter((value) => value !== -1).length / (ni * nj);
      expect(Math.abs(share - covered)).toBeLessThan(0.02);
    },
  );

  it('crops to the head by whole pixels where the scan is larger, and fills what is outside', () => {
    // A head of 60 x 80 pixels, off the middle of 300 x 100.
    const head = (i: number, j: number) => (i >= 200 && i < 260 && j >= 5 && j < 85 ? noise(i, j) : 0);
    const volume = scan(300, 100, [1, 1, 1], head);
    const plan = planSlices(volume, { pixelSize: 1, size: 128 });
    // Its middle, i = 230, comes to the square's middle; j fits and is padded evenly.
    expect(plan.i.offset).toBe(64 - 230);
    expect(plan.j.offset).toBe(14);
    expect(plan.foregroundCut).toBe(0);
    const restored = restoreSlice(plan, extractSlice(volume, plan, 0), -1);
    for (let j = 0; j < 100; j++)
      for (let i = 0; i < 300; i++)
        expect(restored[i + 300 * j]).toBe(i >= 166 && i < 294 ? volume.voxels[i + 300 * j] : -1);
  });

  it('stays inside the scan and is not led astray by noise', () => {
    const volume = scan(300, 100, [1, 1, 1], (i, j) =>
      (i < 40 && j > 5) || (i === 290 && j === 20) ? 100 : 0,
    );
    const plan = planSlices(volume, { pixelSize: 1, size: 128 });
    expect(plan.i.offset).toBe(0);
    expect(plan.foregroundCut).toBeCloseTo(1 / (40 * 94 + 1), 12);
  });

  it('reports how much of the head is cut', () => {
    const volume = scan(200, 50, [1, 1, 1], (i) => (i >= 20 && i < 180 ? 100 : 0));
    expect(planSlices(volume, { pixelSize: 1, size: 128 }).foregroundCut).toBe(32 / 160);
  });

  it('puts the front of the head first and the patient’s right to the left', () => {
    const shape: Shape3 = [60, 70, 11];
    const volume = makeImage(shape, headPhantom(shape), { zooms: [3, 3, 10] });
    const plan = planSlices(volume, { pixelSize: 3, size: 80 });
    const image = extractSlice(volume, plan, 5);
    // The phantom's spot is at x = +0.4, y = +0.25 of the head: right and in front.
    const spot = image.map((value) => (value === 850 ? 1 : 0));
    const mean = (of: (n: number) => number) =>
      spot.reduce((sum, one, n) => sum + one * of(n), 0) / spot.reduce((a, b) => a + b);
    expect(mean((n) => n % 80)).toBeLessThan(36);
    expect(mean((n) => Math.floor(n / 80))).toBeLessThan(36);
  });

  it('counts what is not finite as 0 and survives a structured copy', () => {
    const volume = scan(4, 4, [1, 1, 1], (i, j) => (i === 1 && j === 1 ? Number.NaN : 4));
    const plan = structuredClone(planSlices(volume, { pixelSize: 2, size: 2 }));
    expect([...extractSlice(volume, plan, 0)]).toEqual([4, 4, 4, 3]);
  });

  it.each([
    ['larger than the square along both axes', 300, 260, [0.9, 1.1, 1], 1.7, 64],
    ['larger along one', 300, 100, [1, 1, 1], 1.3, 96],
    ['larger, with finer pixels', 90, 80, [3, 2.7, 1], 1.9, 64],
    ['smaller', 50, 70, [2, 2, 1], 2.5, 64],
  ] as const)(
    'covers a scan that is %s, with the square where it belongs',
    (_, ni, nj, zooms, pixelSize, size) => {
      const head = (i: number, j: number) => (i > 0.6 * ni && j < 0.4 * nj ? noise(i, j) : -3);
      const volume = scan(ni, nj, [...zooms], head);
      const plan = planSlices(volume, { pixelSize, size });
      const { width, height, left, top } = coverOf(plan);
      const cover = extractCover(volume, plan, 0, -3);
      expect(cover).toHaveLength(width * height);
      expect([width, height].map((side) => side > size)).toEqual(
        [ni * zooms[0], nj * zooms[1]].map((extent) => extent > size * pixelSize),
      );
      const square = Float32Array.from({ length: size * size }, (_, at) => {
        const [column, row] = [at % size, Math.floor(at / size)];
        return cover[(top + row) * width + left + column];
      });
      // Float32 of numbers up to 400.
      expect(largestDifference(square, extractSlice(volume, plan, 0, -3))).toBeLessThan(1e-4);
    },
  );

  it('refuses what does not fit', () => {
    const volume = scan(4, 4, [1, 1, 1], () => 1);
    const plan = planSlices(volume, { pixelSize: 1, size: 4 });
    expect(() => extractSlice(volume, plan, 1)).toThrow(/0 to 0, got 1/);
    expect(() => restoreSlice(plan, new Float32Array(9))).toThrow(/4 x 4 pixels, got 9/);
    expect(() => planSlices(volume, { pixelSize: 0, size: 4 })).toThrow(/positive/);
  });
});
