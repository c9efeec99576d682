import { describe, expect, it } from 'vitest';
import { cpuTime } from '../../test/cpuTime';
import { makeImage } from '../../test/makeImage';
import { headPhantom } from '../../test/makeNifti';
import {
  displayRange,
  foregroundBySlice,
  foregroundThreshold,
  fromModelRange,
  intensityFrame,
  mapOfContrast,
  modelFrames,
  percentiles,
  referenceFrame,
  toModelRange,
  toUnitRange,
  untranslated,
  voxelLevels,
} from './intensity';

describe('percentiles', () => {
  const values = Float32Array.from([
    3,
    -1.5,
    0,
    7.25,
    1e-3,
    100,
    42,
    -0.25,
    8,
    9,
    1000,
    2.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ]);

  it("are numpy's of the finite values", () => {
    // numpy.percentile(values[isfinite].astype(float64), ...), numpy 2.4.6
    const want = [-1.5, -1.43125, -0.225, 0.0007500000356230885, 5.125, 17.25, 94.2, 950.5, 990.1, 1000];
    percentiles(values, [0, 0.5, 10, 25, 50, 75, 90, 99.5, 99.9, 100]).forEach((got, n) => {
      expect(Math.abs(got - want[n])).toBeLessThan(1e-11);
    });
    percentiles(values, [50, 99.5], 2).forEach((got, n) => {
      expect(Math.abs(got - [8.5, 968.5][n])).toBeLessThan(1e-11);
    });
  });

  it('agree with sorting on many values of both signs and all sizes', () => {
    const many = Float32Array.from({ length: 5001 }, (_, n) => Math.sin(n * 12.9898) * 10 ** ((n % 13) - 6));
    const sorted = many.slice().sort();
    // 5001 values: every fifth of a permille is a value itself.
    percentiles(many, [0, 1, 37, 50, 99, 100]).forEach((got, n) => {
      expect(got).toBeCloseTo(sorted[[0, 50, 1850, 2500, 4950, 5000][n]], 12);
    });
  });

  it('are NaN where there is no value', () => {
    expect(percentiles(Float32Array.of(Number.NaN), [50])).toEqual([Number.NaN]);
    expect(percentiles(Float32Array.of(1, 2), [50], 2)).toEqual([Number.NaN]);
  });

  it('take less than a second for 256 x 256 x 256 voxels', () => {
    const voxels = new Float32Array(256 ** 3).map((_, n) => (n * 2654435761) % 4096);
    const spent = cpuTime();
    intensityFrame(voxels, 'foreground-median');
    expect(spent()).toBeLessThan(1000);
  });
});

describe('intensity maps', () => {
  // 0..1000: the 99.9th percentile is 999, foreground is above 99.9, i.e. 100..1000.
  const voxels = Float32Array.from({ length: 1001 }, (_, n) => n);

  it('take their upper value from the foreground', () => {
    expect(foregroundThreshold(voxels)).toBeCloseTo(99.9, 10);
    expect(intensityFrame(voxels, 'foreground-median').high).toBeCloseTo(3 * 550, 10);
    expect(intensityFrame(voxels, 'foreground-p99.5').high).toBeCloseTo(100 + 0.995 * 900, 10);
  });

  it('are of the head where a few voxels are hot, or none is dark', () => {
    const head = headPhantom([40, 40, 20]);
    const plain = intensityFrame(head, 'foreground-p99.5').high;
    const share = (voxels: Float32Array, threshold: number) => voxels.filter((v) => v > threshold).length;
    // 0.3 % of the voxels, 15 and 500 times as bright as the head.
    for (const times of [15, 500]) {
      const hot = head.map((value, n) => (n % 333 === 5 ? times * 900 : value));
      expect(foregroundThreshold(hot)).toBeCloseTo(0.1 * 900, 6);
      for (const map of ['foreground-p99.5', 'foreground-median'] as const)
        expect(intensityFrame(hot, map).high).toBe(intensityFrame(head, map).high);
    }
    const shifted = head.map((value) => value + 1000);
    expect(share(shifted, foregroundThreshold(shifted))).toBe(share(head, foregroundThreshold(head)));
    // Neither in ordinary scans, nor where all but a few voxels are nothing.
    const few = head.map((value, n) => (n < 80 ? value + 1 : 0));
    expect(foregroundThreshold(few)).toBeCloseTo(0.1 * voxelLevels(few).p99_9, 6);
    expect(plain).toBe(900);
  });

  it('are inverted inside the clip range and clip outside it', () => {
    for (const map of ['foreground-median', 'foreground-p99.5'] as const) {
      const frame = intensityFrame(voxels, map);
      const back = fromModelRange(toModelRange(voxels, frame), frame);
      voxels.forEach((value, n) => {
        expect(Math.abs(back[n] - Math.min(value, frame.high))).toBeLessThan(frame.high * 2 ** -23);
      });
    }
    const ten = { low: 0, high: 10 };
    expect([...toModelRange(Float32Array.of(-5, 0, 5, 10, 20), ten)]).toEqual([-1, -1, 0, 1, 1]);
    expect([...fromModelRange(Float32Array.of(-2, -1, 0, 1, 2), ten)]).toEqual([0, 0, 5, 10, 10]);
  });

  it('take what is not finite as the low end and an image without foreground as empty', () => {
    const broken = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY);
    expect([...toModelRange(broken, { low: 0, high: 10 })]).toEqual([-1, -1]);
    expect([...toUnitRange(broken, { low: -1024, high: 2048 })]).toEqual([0, 0]);
    for (const empty of [new Float32Array(8), Float32Array.of(-3, -2, -1), Float32Array.of(Number.NaN)])
      expect(intensityFrame(empty, 'foreground-median').high).toBe(1);
  });

  it('know Hounsfield units by fixed ends, and air from a body', () => {
    const ct = Float32Array.from({ length: 1000 }, (_, n) => (n < 500 ? -1000 : 40));
    expect(intensityFrame(ct, 'hu')).toEqual({ map: 'hu', low: -1024, high: 2048 });
    expect(foregroundThreshold(ct, 'hu')).toBe(-500);
    // By its values, too: a tenth of the 99.9th percentile would be bone alone.
    expect(foregroundThreshold(ct)).toBe(-500);
    expect(foregroundThreshold(ct.map((v) => v / 4))).toBeCloseTo(1, 6);
    const frame = intensityFrame(ct, 'hu');
    expect([...toModelRange(Float32Array.of(-2000, -1024, 512, 2048, 3000), frame)]).toEqual([
      -1, -1, 0, 1, 1,
    ]);
    expect([...fromModelRange(Float32Array.of(-1, 0, 1), frame)]).toEqual([-1024, 512, 2048]);
    expect(mapOfContrast('CT', 'foreground-median')).toBe('hu');
    expect(mapOfContrast('T1w', 'foreground-median')).toBe('foreground-median');
  });
});

describe('modelFrames', () => {
  const frameOf = (map: 'foreground-median' | 'foreground-p99.5') => ({ map, low: 0, high: 300 });
  const median = { map: 'foreground-median', low: 0, high: 300 };
  const hu = { map: 'hu', low: -1024, high: 2048 };

  it('scales a target in arbitrary units as the source', () => {
    expect(modelFrames(frameOf, { intensity: 'foreground-median' })).toEqual({
      source: median,
      target: median,
    });
    const intensity = { source: 'foreground-median', target: 'foreground-p99.5' } as const;
    expect(modelFrames(frameOf, { intensity }).target).toEqual({ ...median, map: 'foreground-p99.5' });
  });

  it('leaves Hounsfield units as they are, between the ends that the card names', () => {
    const toCt = { intensity: { source: 'foreground-median', target: 'hu' } } as const;
    expect(modelFrames(frameOf, toCt)).toEqual({ source: median, target: hu });
    const target = modelFrames(frameOf, { ...toCt, huEnds: [-1000, 1000] }).target;
    expect(target).toEqual({ map: 'hu', low: -1000, high: 1000 });
    expect(referenceFrame(frameOf, target)).toBe(target);
    const arbitrary = { map: 'foreground-median', low: 0, high: 5 } as const;
    expect(referenceFrame(frameOf, arbitrary)).toEqual(median);
    const fromCt = modelFrames(frameOf, { intensity: { source: 'hu', target: 'foreground-median' } });
    expect(fromCt).toEqual({ source: hu, target: { ...median, high: 1000 } });
    expect([untranslated(target), untranslated(fromCt.target)]).toEqual([-1000, 0]);
  });
});

describe('displayRange and foregroundBySlice', () => {
  it('give the finite range, a robust window and the share of foreground', () => {
    const voxels = Float32Array.from({ length: 1001 }, (_, n) => n);
    expect(displayRange(voxels)).toEqual({ min: 0, low: 5, high: 995, max: 1000 });
    expect(displayRange(Float32Array.of(Number.NaN, 4, Number.NEGATIVE_INFINITY))).toEqual({
      min: 4,
      low: 4,
      high: 4,
      max: 4,
    });
    expect(displayRange(Float32Array.of(Number.NaN))).toEqual({ min: 0, low: 0, high: 0, max: 0 });
    const slices = foregroundBySlice(
      makeImage([2, 2, 3], Float32Array.of(0, 0, 0, 0, 9, 0, 0, Number.NaN, 9, 9, 9, 9)),
      1,
    );
    expect([...slices]).toEqual([0, 0.25, 1]);
  });

  it('separate a head from the air around it', () => {
    const voxels = headPhantom([40, 40, 20]);
    const threshold = foregroundThreshold(voxels);
    const inside = voxels.filter((value) => value > 0).length;
    expect(voxels.filter((value) => value > threshold).length).toBe(inside);
  });
});
