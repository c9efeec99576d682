import { describe, expect, it } from 'vitest';
import { makeImage } from '../../../test/makeImage';
import { intensityFrame, toModelRange, toUnitRange } from '../../volume/intensity';
import { extractSlice, planSlices } from '../../volume/slices';
import { sliceImage } from './data';
import { cutScan, joinSlices, pairedSlices, pairSlices, volumeSlices } from './dataset';

const settings = {
  size: 8,
  pixelSize: 2,
  intensity: 'foreground-p99.5',
} as const;

/** 16 x 16 pixels of 1 mm; slice k is bright in its first `rows[k]` of 16 rows, with a gradient that tells left from right. */
function scan(name: string, rows: number[], gain = 1) {
  const voxels = new Float32Array(256 * rows.length);
  for (let at = 0; at < voxels.length; at++) {
    const row = Math.floor((at % 256) / 16);
    if (row < rows[Math.floor(at / 256)]) voxels[at] = gain * (100 + (at % 16));
  }
  return { name, image: makeImage([16, 16, rows.length], voxels, { zooms: [1, 1, 3] }) };
}

describe('volumeSlices', () => {
  it('takes the slices with enough foreground', () => {
    // 2 of 16 rows are 12.5 %, one is 6.25 %.
    const set = volumeSlices(scan('a', [0, 1, 2, 9, 16, 1]).image, 'sub-1', settings);
    expect([...set.slice]).toEqual([2, 3, 4]);
    expect(set).toMatchObject({ size: 8, count: 3, subjects: ['sub-1'] });
    expect([...set.subject]).toEqual([0, 0, 0]);
    expect([...volumeSlices(scan('a', [0, 1, 2]).image, 'sub-1', settings, 0.05).slice]).toEqual([1, 2]);
    expect(volumeSlices(scan('a', [1, 1]).image, 'sub-1', settings).count).toBe(0);
  });

  it('gives the images that a translation would, to 16 bits', () => {
    const volume = scan('a', [16, 5]).image;
    const set = volumeSlices(volume, 'sub-1', settings);
    const plan = planSlices(volume, settings);
    const frame = intensityFrame(volume.voxels, settings.intensity);
    for (const [n, k] of set.slice.entries()) {
      const expected = toModelRange(extractSlice(volume, plan, k), frame);
      const image = sliceImage(set, n);
      expect(image).toHaveLength(64);
      for (const [at, value] of image.entries())
        expect(Math.abs(value - expected[at])).toBeLessThan(1.01 / 65535);
    }
    // The scan's first rows are posterior, the bottom of the model's image.
    expect(sliceImage(set, 1)[0]).toBe(-1);
    expect(sliceImage(set, 1)[63]).toBeGreaterThan(0.5);
  });
});

describe('pairedSlices', () => {
  it('takes the slices that hold some head in both, each by its own intensities', () => {
    const { a, b } = pairedSlices(
      { a: scan('a', [1, 8, 8, 8]), b: scan('b', [8, 8, 1, 8], 7) },
      'sub-1',
      settings,
    );
    expect([...a.slice]).toEqual([1, 3]);
    expect([...b.slice]).toEqual([1, 3]);
    expect(a.images).toEqual(b.images);
  });

  it('crops both where a is cropped', () => {
    const small = { ...settings, size: 4 };
    const a = scan('a', [16]);
    const b = scan('b', [16]);
    // Heads in opposite corners: by itself each would be cropped about its own.
    const corner = (low: number) => (_: unknown, at: number) => {
      const [i, j] = [at % 16, Math.floor(at / 16)];
      return i >= low && i < low + 6 && j >= low && j < low + 6 ? 100 : 0;
    };
    a.image.voxels.set(a.image.voxels.map(corner(0)));
    b.image.voxels.set(b.image.voxels.map(corner(10)));
    const pair = pairedSlices({ a, b }, 'sub-1', small);
    expect(pair.a).toEqual(volumeSlices(a.image, 'sub-1', small));
    expect(pair.b.count).toBe(1);
    expect(pair.b.images.every((v) => v === 0)).toBe(true);
    expect(volumeSlices(b.image, 'sub-1', small).images.every((v) => v === 0)).toBe(false);
  });

  it('maps CT by Hounsfield units: the same value in every scan', () => {
    const mr = scan('mr', [16, 16]);
    const ct = scan('ct', [16, 16]);
    const { voxels } = ct.image;
    voxels.set(voxels.map((v, at) => (v > 0 ? 40 + at : -1000)));
    const { a, b } = pairedSlices({ a: mr, b: ct }, 'sub-1', {
      intensity: { a: 'foreground-p99.5', b: 'hu' },
      size: 16,
      pixelSize: 1,
    });
    expect([a.count, b.count]).toEqual([2, 2]);
    const plan = planSlices(ct.image, { size: 16, pixelSize: 1 });
    const hu = extractSlice(ct.image, plan, 1, -1024);
    sliceImage(b, 1).forEach((value, at) => {
      expect(Math.abs(-1024 + ((value + 1) / 2) * 3072 - hu[at])).toBeLessThan(3072 / 65535);
    });
    // -500 HU in [0, 1].
    expect(b.foreground[0]).toBeCloseTo(524 / 3072, 6);
    // Between other ends, too.
    const grid = { intensity: 'hu', size: 16, pixelSize: 1, huEnds: [-1000, 1000] } as const;
    const ended = sliceImage(volumeSlices(ct.image, 'sub-1', grid), 1);
    ended.forEach((value, at) => {
      expect(Math.abs(value * 1000 - Math.min(hu[at], 1000))).toBeLessThan(2000 / 65535);
    });
  });

  it('refuses different grids in one sentence', () => {
    const moved = scan('moved.nii', [8, 8, 8]);
    expect(() => pairedSlices({ a: scan('still.nii', [8, 8]), b: moved }, 'sub-1', settings)).toThrow(
      'still.nii, moved.nii: must lie on the same grid, got 16 x 16 x 2 of 1 x 1 x 3 mm from (0, 0, 0) and 16 x 16 x 3 of',
    );
  });
});

describe('cutScan', () => {
  it('keeps what any crop of the grid needs: pairs are made of scans that were cut once', () => {
    const grid = { size: 6, pixelSize: 1.7, intensity: 'foreground-p99.5' } as const;
    const a = scan('a', [16, 12, 1, 16]);
    const b = scan('b', [16, 16, 16, 9]);
    const corner = (low: number) => (value: number, at: number) => {
      const [i, j] = [at % 16, Math.floor((at % 256) / 16)];
      return i >= low && i < low + 8 && j >= low && j < low + 8 ? value : 0;
    };
    a.image.voxels.set(a.image.voxels.map(corner(0)));
    b.image.voxels.set(b.image.voxels.map(corner(8)));
    const pair = pairSlices({ a: cutScan(a, grid), b: cutScan(b, grid) }, 'sub-1');
    expect([...pair.a.slice]).toEqual([...pair.b.slice]);
    expect(pair.a.count).toBeGreaterThan(0);
    const plan = planSlices(a.image, grid);
    expect(plan.i.offset).not.toBe(planSlices(b.image, grid).i.offset);
    for (const [set, { image }] of [
      [pair.a, a],
      [pair.b, b],
    ] as const) {
      const frame = intensityFrame(image.voxels, grid.intensity);
      for (const [n, k] of set.slice.entries()) {
        const unit = toUnitRange(extractSlice(image, plan, k), frame);
        expect(set.images.slice(36 * n, 36 * (n + 1))).toEqual(
          Uint16Array.from(unit, (v) => Math.round(v * 65535)),
        );
      }
    }
  });
});

describe('joinSlices', () => {
  it('puts sets together and scans of one subject under one name', () => {
    const first = volumeSlices(scan('a', [16, 8]).image, 'sub-1', settings);
    const second = volumeSlices(scan('b', [0, 0, 4]).image, 'sub-2', settings);
    const third = volumeSlices(scan('c', [12]).image, 'sub-1', settings);
    const joined = joinSlices([first, second, third]);
    expect(joined.subjects).toEqual(['sub-1', 'sub-2']);
    expect([...joined.subject]).toEqual([0, 0, 1, 0]);
    expect([...joined.slice]).toEqual([0, 1, 2, 0]);
    expect(joined.count).toBe(4);
    expect(sliceImage(joined, 2)).toEqual(sliceImage(second, 0));
    expect(sliceImage(joined, 3)).toEqual(sliceImage(third, 0));
  });

  it('refuses scans without a head in one sentence', () => {
    const empty = volumeSlices(scan('a', [0, 1]).image, 'sub-1', settings);
    expect(() => joinSlices([empty, empty])).toThrow(
      'training slices: must be at least one that holds some head, got none in 2 scans; choose other scans',
    );
  });
});
