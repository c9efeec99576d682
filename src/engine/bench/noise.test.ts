import { describe, expect, it } from 'vitest';
import { type NoiseField, noisySlice } from './noise';

const COUNT = 64 * 64;
const FIELD: NoiseField = { kind: 'real', level: 0.1, seed: 3, subject: 'sub-01', slice: 7 };

/** Values of [0, 1] through noise and back. */
const noisy = (values: Float32Array, changes: Partial<NoiseField> = {}) =>
  noisySlice(
    values.map((value) => 2 * value - 1),
    { ...FIELD, ...changes },
  ).map((value) => (value + 1) / 2);
const flat = (value: number) => new Float32Array(COUNT).fill(value);

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const std = (values: Float32Array) => {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length);
};

describe('noise', () => {
  it('has mean 0 and the standard deviation of its level, of the mean of all pixels', () => {
    // Half is 0, half 0.8: the mean is 0.4, and 10 % of it 0.04.
    const values = flat(0).fill(0.8, COUNT / 2);
    const noise = noisy(values).map((value, p) => value - values[p]);
    // Standard errors of both: 0.04 / 64, and 0.04 / sqrt(2 * 4096).
    expect(Math.abs(mean(noise))).toBeLessThan(4 * 6.25e-4);
    expect(Math.abs(std(noise) - 0.04)).toBeLessThan(4 * 4.4e-4);
    expect(Math.min(...noisy(values))).toBeLessThan(0);
  });

  it('is Rician in a magnitude: Rayleigh where there is nothing, about sigma² / 2s more where there is', () => {
    const values = flat(0).fill(0.8, COUNT / 2);
    const made = noisy(values, { kind: 'rician' });
    const [dark, bright] = [made.subarray(0, COUNT / 2), made.subarray(COUNT / 2)];
    // Mean sigma sqrt(pi / 2), standard deviation sigma sqrt(2 - pi / 2); errors over sqrt(2048).
    expect(Math.abs(mean(dark) - 0.04 * 1.2533)).toBeLessThan((4 * 0.0262) / 45);
    expect(Math.abs(std(dark) - 0.04 * 0.6551)).toBeLessThan((4 * 0.0262) / 45);
    expect(Math.abs(mean(bright) - (0.8 + 0.0016 / 1.6))).toBeLessThan((4 * 0.04) / 45);
    expect(Math.min(...made)).toBeGreaterThanOrEqual(0);
  });

  it('has the same first field in both kinds, and another for each key', () => {
    const values = flat(0.5);
    const one = noisy(values);
    expect(noisy(values)).toEqual(one);
    for (const other of [{ seed: 4 }, { subject: 'sub-02' }, { slice: 8 }, { level: 0.1001 }]) {
      const made = noisy(values, other);
      const correlation =
        made.reduce((sum, value, p) => sum + (value - 0.5) * (one[p] - 0.5), 0) / COUNT / 0.05 ** 2;
      expect(Math.abs(correlation)).toBeLessThan(4 / 64);
    }
    // Of a bright image the second field is hardly seen.
    const rician = noisy(flat(1), { kind: 'rician', level: 0.001 });
    const real = noisy(flat(1), { level: 0.001 });
    rician.forEach((value, p) => {
      expect(Math.abs(value - real[p])).toBeLessThan(2e-5);
    });
  });

  it('at level 0 is the slice as it is', () => {
    const values = flat(0.25).map((value, p) => value + (p % 8) / 16);
    expect(noisy(values, { level: 0, kind: 'rician' })).toEqual(values);
  });
});
