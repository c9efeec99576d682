import { describe, expect, it } from 'vitest';
import {
  addPair,
  applyRegression,
  emptyRegression,
  REGRESSION_BINS,
  regressionTable,
} from './intensityRegression';

/** A value in the middle of a bin. */
const at = (bin: number) => (bin + 0.5) / REGRESSION_BINS;

describe('intensity regression', () => {
  it('gives each source value the mean of its targets, over all pairs', () => {
    const sums = emptyRegression();
    addPair(sums, Float32Array.of(at(0), at(10), at(10)), Float32Array.of(0, 0.25, 0.75));
    addPair(sums, Float32Array.of(at(10), 1), Float32Array.of(0.5, 0.125));
    const made = applyRegression(Float32Array.of(at(0), at(10), 1), regressionTable(sums)!);
    expect([...made]).toEqual([0, 0.5, 0.125]);
  });

  it('is linear between bins that were seen, and constant beyond them', () => {
    const sums = emptyRegression();
    addPair(sums, Float32Array.of(at(10), at(14)), Float32Array.of(0.5, 1));
    const table = regressionTable(sums)!;
    expect([0, 9, 10, 11, 12, 14, 15, 255].map((bin) => table[bin])).toEqual([
      0.5, 0.5, 0.5, 0.625, 0.75, 1, 1, 1,
    ]);
  });

  it('does not exist without pairs', () => {
    expect(regressionTable(emptyRegression())).toBeNull();
  });
});
