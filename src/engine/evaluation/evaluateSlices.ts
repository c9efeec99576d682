import { atOnce, type Pieces } from '../pieces';
import { meanScore } from './metrics/meanScore';
import type { Missing } from './metrics/missing';
import { paperProtocol } from './metrics/paperProtocol';
import { finiteOrNull, type Score, scoreParts } from './metrics/scoreSlice';

export const PARTS = ['whole', 'foreground', 'inside'] as const;
export type Part = (typeof PARTS)[number];
export const MEASURES = ['psnr', 'ssim', 'mae'] as const;
export type Measure = (typeof MEASURES)[number];
/** Null where there is nothing of a part. */
export type PartScores = Record<Part, Score | null>;
/** Null where no slice has that measure: the PSNR of identical images. */
export type Spreads = Record<Measure, Spread | null>;

/** A slice of which less than this share of the pixels lies inside of the brain has no score there: it would be noise. */
export const LEAST_INSIDE = 0.005;

/** Two scans on one grid, and where the reference's foreground lies. */
export interface ScanPair {
  /** Canonical shape; voxel (i, j, k) is at i + ni * (j + nj * k). */
  readonly shape: readonly [number, number, number];
  /** Both on a scale with data range 1, not clipped. */
  readonly synthetic: Float32Array;
  readonly reference: Float32Array;
  /** One byte a voxel: 1 in the reference's foreground, and inside of the brain (`insideMask`). */
  readonly foreground: Uint8Array;
  readonly inside: Uint8Array;
}

export interface SliceReport {
  /** Canonical axial slice. */
  readonly index: number;
  /** null where the slice has no score at all, for the reason that `missing` gives. */
  readonly whole: Score | null;
  readonly missing: Missing | null;
  /** null where the reference's slice has no foreground. */
  readonly foreground: Score | null;
  /** null where less than `LEAST_INSIDE` of the slice lies inside of the brain. */
  readonly inside: Score | null;
  /** null where a slice's mean is not positive. */
  readonly paper: { readonly psnr: number | null; readonly ssim: number } | null;
}

export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null for fewer than two. */
  readonly std: number | null;
  /** How many values. */
  readonly n: number;
}

export interface EvaluationReport {
  readonly slices: readonly SliceReport[];
  readonly mean: {
    readonly whole: Spreads | null;
    readonly foreground: Spreads | null;
    readonly inside: Spreads | null;
    readonly paper: Record<'psnr' | 'ssim', Spread | null> | null;
  };
}

/** Scores the given axial slices, and their mean and spread. */
export function evaluateSlices(pair: ScanPair, indices: readonly number[]): EvaluationReport {
  const slices = atOnce(scoredSlices(pair, indices));
  return {
    slices,
    mean: {
      whole: spreads(slices.flatMap(({ whole }) => whole ?? [])),
      foreground: spreads(slices.flatMap(({ foreground }) => foreground ?? [])),
      inside: spreads(slices.flatMap(({ inside }) => inside ?? [])),
      paper: spreads(slices.flatMap(({ paper }) => paper ?? [])),
    },
  };
}

/** Scores the given axial slices. */
export function* scoredSlices(pair: ScanPair, indices: readonly number[]): Pieces<readonly SliceReport[]> {
  const [width, height] = pair.shape;
  const pixels = width * height;
  const slices: SliceReport[] = [];
  for (const index of indices) {
    yield;
    const [first, end] = [index * pixels, (index + 1) * pixels];
    const synthetic = pair.synthetic.subarray(first, end);
    const reference = pair.reference.subarray(first, end);
    const [foreground, inside] = [pair.foreground, pair.inside].map((mask) => mask.subarray(first, end));
    const scores = scoreParts(synthetic, reference, width, height, { foreground, inside });
    const share = inside.reduce((sum, value) => sum + value, 0) / pixels;
    slices.push({
      index,
      ...scores,
      inside: share < LEAST_INSIDE ? null : scores.inside,
      paper: scores.missing ? null : paperScore(synthetic, reference, width, height),
    });
  }
  return slices;
}

function paperScore(...images: Parameters<typeof paperProtocol>): SliceReport['paper'] {
  const found = paperProtocol(...images);
  return found && { ...found, psnr: finiteOrNull(found.psnr) };
}

/** Mean and spread of every measure over the rows that have it; null for no rows. */
export function spreads<K extends string>(
  rows: readonly Record<K, number | null>[],
): Record<K, Spread | null> | null {
  if (rows.length === 0) return null;
  const keys = Object.keys(rows[0]) as K[];
  const entries = keys.map((key) => {
    const values = rows.flatMap((row) => row[key] ?? []);
    return [key, values.length === 0 ? null : spread(values)];
  });
  return Object.fromEntries(entries) as Record<K, Spread | null>;
}

/** Mean and sample standard deviation. @param values at least one */
export function spread(values: readonly number[]): Spread {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return { mean, std: null, n };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / (n - 1)), n };
}

/** Means over the slices that have a score. */
export function meanScores(slices: readonly SliceReport[]): PartScores {
  const mean = (part: Part) => meanScore(slices.map((slice) => slice[part]));
  return { whole: mean('whole'), foreground: mean('foreground'), inside: mean('inside') };
}
