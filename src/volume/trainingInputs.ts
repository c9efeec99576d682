/** What a model was trained on, over all its scans: plain data for its card, and what of a scan lies far outside of it. */
import { HISTOGRAM_BINS, hasSkull, type InputStatistics, MEASURES, type Measure } from './inputStatistics';

/** Of one measure over the training scans. */
export interface Spread {
  mean: number;
  /** Standard deviation; 0 for one scan. */
  std: number;
  least: number;
  most: number;
}

export interface InputSummary {
  /** Number of scans. */
  scans: number;
  /** Share of them that show the skull, 0..1. */
  withSkull: number;
  measures: Record<Measure, Spread>;
  /** Mean of the scans' histograms. */
  histogram: number[];
}

export interface TrainingInputs extends InputSummary {
  /** Which scans these are, in words. */
  data: string;
}

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
    least: rounded(Math.min(...values)),
    most: rounded(Math.max(...values)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
