import { describe, expect, it } from 'vitest';
import { contrastHead } from '../../test/inputScans';
import { checkIntensities } from './checkIntensities';
import type { Image3 } from './image';
import { inputStatistics } from './inputStatistics';
import { percentiles, relativeFrames, voxelLevels } from './intensity';
import { scanMeasures } from './scanMeasures';
import { notFinite, tallyOf, untallied } from './tally';

/** Whole numbers of 16 bits, every one of them, in an order that a hash cannot guess. */
const ALL = Float32Array.from({ length: 3 * 2 ** 16 }, (_, n) => ((n * 40503) % 2 ** 16) - 2 ** 15);

describe('a tally', () => {
  it('has every value once and as often as it occurs', () => {
    const { values, times, count } = tallyOf(Float32Array.of(3, -1, 3, 0, -0, 3, Number.NaN, 1 / 0, -1));
    const found = new Map(
      [...values].map((value, n) => [Object.is(value, -0) ? '-0' : `${value}`, times?.[n]]),
    );
    expect(Object.fromEntries(found)).toEqual({ 3: 3, '-1': 2, 0: 1, '-0': 1, NaN: 1, Infinity: 1 });
    expect(count).toBe(9);
    expect(notFinite({ values, times, count })).toEqual({ nan: 1, infinite: 1 });
  });

  it('takes all 65,536 values of 16 bits, and leaves the voxels as they are where there is one more', () => {
    const { values, times } = tallyOf(ALL);
    expect(values.slice().sort()).toEqual(Float32Array.from({ length: 2 ** 16 }, (_, n) => n - 2 ** 15));
    expect(times?.every((n) => n === 3)).toBe(true);
    const more = Float32Array.from([...ALL, 0.5]);
    expect(tallyOf(more)).toEqual(untallied(more));
  });

  it('is of a part of a buffer alone', () => {
    expect(tallyOf(Float32Array.of(1, 2, 2, 3).subarray(1, 3)).values).toEqual(Float32Array.of(2));
  });
});

describe('what is measured by a tally is what is measured voxel by voxel', () => {
  const head = contrastHead('T1w');
  const whole = (change: (value: number, at: number) => number): Image3 => ({
    ...head,
    voxels: head.voxels.map((value, at) => Math.round(change(value, at))),
  });
  it.each<[string, Image3]>([
    ['a head', whole((value) => value)],
    ['a head in bright air', whole((value) => value + 900)],
    ['an inverted head', whole((value) => 1000 - value)],
    ['a standardised head', whole((value) => value / 2 - 200)],
    [
      'a head with NaN, infinities and hot voxels',
      whole((value, at) => [value, Number.NaN, 1 / 0, 9e4][at % 997 < 4 ? at % 4 : 0]),
    ],
    ['spikes', whole((_, at) => (at % 499 === 0 ? 3000 + (at % 100) : at % 90))],
    ['few values', whole((value) => 100 * Math.round(value / 300))],
  ])('%s', (_, image) => {
    const { voxels } = image;
    const tally = tallyOf(voxels);
    expect(tally.times).not.toBeNull();
    const levels = voxelLevels(voxels);
    expect(voxelLevels(tally)).toEqual(levels);
    expect(percentiles(tally, [1, 50, 99.9], 10, 500)).toEqual(percentiles(voxels, [1, 50, 99.9], 10, 500));
    expect(relativeFrames(tally, levels)).toEqual(relativeFrames(voxels, levels));
    expect(checkIntensities(image, levels, tally)).toEqual(checkIntensities(image, levels));
    const frame = relativeFrames(voxels, levels)['foreground-p99.5'];
    expect(inputStatistics(image, frame, scanMeasures(image))).toEqual(inputStatistics(image, frame));
  });
});
