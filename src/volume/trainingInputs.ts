/** What a model was trained on, over all its scans: plain data for its card, and what of a scan lies far outside of it. */
import { check, each, type Infer, number, object, text, whole } from '../schema';
import { largestOf, smallestOf } from './extremes';
import { HISTOGRAM_BINS, hasSkull, type InputStatistics, MEASURES, type Measure } from './inputStatistics';

const value = number(-1e6, 1e6);

/** Of one measure over the training scans. */
const SPREAD = object({
  mean: value,
  /** Standard deviation; 0 for one scan. */
  std: number(0, 1e6),
  least: value,
  most: value,
});
export type Spread = Infer<typeof SPREAD>;

export const INPUT_SUMMARY = object({
  /** Number of scans. */
  scans: whole(1, 1e9),
  /** Share of them that show the skull, 0..1. */
  withSkull: number(0, 1),
  measures: each(MEASURES, SPREAD),
  /** Mean of the scans' histograms. */
  histogram: check<number[]>(
    `a list of ${HISTOGRAM_BINS} numbers from 0 to 1`,
    (shares) =>
      Array.isArray(shares) &&
      shares.length === HISTOGRAM_BINS &&
      shares.every((one) => one >= 0 && one <= 1),
  ),
});
export type InputSummary = Infer<typeof INPUT_SUMMARY>;

export const TRAINING_INPUTS = object({
  ...INPUT_SUMMARY.fields,
  /** Which scans these are, in words. */
  data: text(),
});
export type TrainingInputs = Infer<typeof TRAINING_INPUTS>;

/** Digits after the point that a card keeps. */
const DIGITS = 4;

/** @returns null where there is no scan */
export function summariseInputs(scans: readonly InputStatistics[]): InputSummary | null {
  if (scans.length === 0) return null;
  const histogram = Array.from({ length: HISTOGRAM_BINS }, (_, bin) =>
    rounded(mean(scans.map((scan) => scan.histogram[bin]))),
  );
  const measures = MEASURES.map((name) => [name, spread(scans.map((scan) => scan[name]))]);
  return {
    scans: scans.length,
    withSkull: rounded(mean(scans.map((scan) => Number(hasSkull(scan))))),
    measures: Object.fromEntries(measures) as Record<Measure, Spread>,
    histogram,
  };
}

function spread(values: readonly number[]): Spread {
  const middle = mean(values);
  const std = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  return {
    mean: rounded(middle),
    std: rounded(std),
    least: rounded(smallestOf(values)),
    most: rounded(largestOf(values)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
