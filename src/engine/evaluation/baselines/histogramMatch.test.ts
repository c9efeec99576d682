import { describe, expect, it } from 'vitest';
import {
  addForeground,
  applyMatching,
  emptyHistogram,
  HISTOGRAM_BINS,
  matchingCurve,
} from './histogramMatch';

function histogramOf(values: number[], threshold = 0) {
  const histogram = emptyHistogram();
  addForeground(histogram, Float32Array.from(values), threshold);
  return histogram;
}

/** Values are spread over their bin. */
const BIN = 1 / HISTOGRAM_BINS;

describe('histogram matching', () => {
  it('counts what lies above the threshold, 1 in the last bin', () => {
    const histogram = histogramOf([0, 0.1, 0.1, 0.2, 1], 0.1 + 1e-6);
    expect(histogram.reduce((sum, n) => sum + n, 0)).toBe(2);
    expect(histogram[HISTOGRAM_BINS - 1]).toBe(1);
  });

  it('sends a value to the one that as many of the target lie below', () => {
    // A quarter, half, quarter at three levels each.
    const curve = matchingCurve(histogramOf([0.2, 0.4, 0.4, 0.6]), histogramOf([0.3, 0.5, 0.5, 0.9]));
    const matched = applyMatching(Float32Array.of(0.2, 0.4, 0.6), curve);
    for (const [n, wanted] of [0.3, 0.5, 0.9].entries())
      expect(Math.abs(matched[n] - wanted)).toBeLessThan(2 * BIN);
  });

  it('maps an even distribution over [0, 1] onto one over [0, 0.5] by halves', () => {
    const even = Array.from({ length: HISTOGRAM_BINS }, (_, n) => (n + 0.5) * BIN);
    const curve = matchingCurve(histogramOf(even), histogramOf(even.map((value) => value / 2)));
    for (const value of [0, 0.25, 0.5, 1])
      expect(Math.abs(applyMatching(Float32Array.of(value), curve)[0] - value / 2)).toBeLessThan(BIN);
  });

  it('never falls, and shrinks in proportion below the foreground', () => {
    const curve = matchingCurve(histogramOf([0.5, 0.7]), histogramOf([0.25, 0.3]));
    for (let bin = 1; bin < HISTOGRAM_BINS; bin++) expect(curve[bin]).toBeGreaterThanOrEqual(curve[bin - 1]);
    expect(applyMatching(Float32Array.of(0), curve)[0]).toBe(0);
    expect(applyMatching(Float32Array.of(0.25), curve)[0]).toBeCloseTo(0.125, 3);
  });

  it('changes nothing without a foreground', () => {
    const values = Float32Array.of(0, 0.3, 1);
    for (const curve of [
      matchingCurve(emptyHistogram(), histogramOf([0.5])),
      matchingCurve(histogramOf([0.5]), emptyHistogram()),
    ]) {
      // Beyond the last bin's centre the curve is held.
      applyMatching(values, curve).forEach((made, n) => {
        expect(Math.abs(made - values[n])).toBeLessThan(BIN);
      });
    }
  });
});
