import { paperProtocol } from './metrics/paperProtocol';
import { type Score, scoreParts } from './metrics/scoreSlice';

export const PARTS = ['whole', 'foreground', 'inside'] as const;
export type Part = (typeof PARTS)[number];
export const MEASURES = ['psnr', 'ssim', 'mae'] as const;
export type Measure = (typeof MEASURES)[number];
/** Null where there is nothing of a part. */
export type PartScores = Record<Part, Score | null>;
export type Spreads = Record<Measure, Spread>;

/** A slice of which less than this share of the pixels lies inside of the brain has no score there: it would be noise. */
export const LEAST_INSIDE = 0.005;

/** Two scans on one grid, and where the reference's foreground lies. */
export interface ScanPair {
  /** Canonical shape; voxel (i, j, k) is at i + ni * (j + nj * k). */
  readonly shape: readonly [number, number, number];
  /** Both in [0, 1]. */
  readonly synthetic: Float32Array;
  readonly reference: Float32Array;
  /** One byte a voxel: 1 in the reference's foreground, and inside of the brain (`insideMask`). */
  readonly foreground: Uint8Array;
  readonly inside: Uint8Array;
}

export interface SliceReport {
  /** Canonical axial slice. */
  readonly index: number;
  readonly whole: Score;
  /** null where the reference's slice has no foreground. */
  readonly foreground: Score | null;
  /** null where less than `LEAST_INSIDE` of the slice lies inside of the brain. */
  readonly inside: Score | null;
  /** null where a slice is empty. */
  readonly paper: { readonly psnr: number; readonly ssim: number } | null;
}

export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null for fewer than two, NaN where a value is infinite. */
  readonly std: number | null;
}

export interface EvaluationReport {
  readonly slices: readonly SliceReport[];
  readonly mean: {
    readonly whole: Spreads;
    readonly foreground: Spreads | null;
    readonly inside: Spreads | null;
    readonly paper: Record<'psnr' | 'ssim', Spread> | null;
  };
}

/** Scores the given axial slices, and their mean and spread. */
export function evaluateSlices(pair: ScanPair, indices: readonly number[]): EvaluationReport {
  const [width, height] = pair.shape;
  const pixels = width * height;
  const slices = indices.map((index) => {
    const [first, end] = [index * pixels, (index + 1) * pixels];
    const synthetic = pair.synthetic.subarray(first, end);
    const reference = pair.reference.subarray(first, end);
    const [foreground, inside] = [pair.foreground, pair.inside].map((mask) => mask.subarray(first, end));
    const scores = scoreParts(synthetic, reference, width, height, { foreground, inside });
    const share = inside.reduce((sum, value) => sum + value, 0) / pixels;
    return {
      index,
      ...scores,
      inside: share < LEAST_INSIDE ? null : scores.inside,
      paper: paperProtocol(synthetic, reference, width, height),
    };
  });
  return {
    slices,
    mean: {
      whole: spreads(slices.map(({ whole }) => whole))!,
      foreground: spreads(slices.flatMap(({ foreground }) => foreground ?? [])),
      inside: spreads(slices.flatMap(({ inside }) => inside ?? [])),
      paper: spreads(slices.flatMap(({ paper }) => paper ?? [])),
    },
  };
}

/** Mean and spread of every measure; null for no rows. */
export function spreads<K extends string>(rows: readonly Record<K, number>[]): Record<K, Spread> | null {
  if (rows.length === 0) return null;
  const keys = Object.keys(rows[0]) as K[];
  const entries = keys.map((key) => [key, spread(rows.map((row) => row[key]))]);
  return Object.fromEntries(entries) as Record<K, Spread>;
}

/** Mean and sample standard deviation. */
export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return { mean, std: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (values.length - 1)) };
}

/** Means over the slices that have a score. */
export function meanScores(slices: readonly SliceReport[]): PartScores {
  const mean = (part: Part): Score | null => {
    const found = spreads(slices.flatMap((slice) => slice[part] ?? []));
    return found && { psnr: found.psnr.mean, ssim: found.ssim.mean, mae: found.mae.mean };
  };
  return { whole: mean('whole'), foreground: mean('foreground'), inside: mean('inside') };
}
