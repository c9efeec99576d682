/**
 * A head scan in a dozen numbers: how a model's card tells what it was trained on, and by which another scan is held against
 * that (checkInput.ts). Measured on axial slices of 2 mm pixels, some millimetres apart, that hold most of the head, so
 * that the scan's own resolution hardly matters. Nothing is segmented: the head's outline, the depth below it and the
 * median inside are enough.
 */

import { largestOf } from './extremes';
import type { Image3 } from './image';
import {
  foregroundBySlice,
  type IntensityFrame,
  percentiles,
  thresholdOfLevels,
  voxelLevels,
} from './intensity';
import type { ScanMeasures } from './scanMeasures';
import { extractSlice, planSlices, type SlicePlan } from './slices';
import { type Tally, untallied } from './tally';

/** Measures of one scan; the median is that of the head's inside. */
export const MEASURES = [
  /** mm, left to right and front to back, of the head's outline; median over slices. */
  'width',
  'depth',
  /** Share of the scan's voxels that are foreground. */
  'foreground',
  /** Correlation of neighbouring pixels inside the outline: noise has none. */
  'smoothness',
  /** How deep the dark skull lies between scalp and brain: about 1 where there is none (`hasSkull`). */
  'skull',
  /**
   * Level of the most even tissue, which is white matter, over the median; times the level 12 mm from dark fluid over that
   * 4 mm from it, where the cortex lies. Above 1 in T1w; about 1 in FLAIR, PDw; below in T2w.
   */
  'whiteOverGrey',
  /** 5th and 95th percentile over the median: fluid is dark or bright. */
  'darkest',
  'brightest',
] as const;
export type Measure = (typeof MEASURES)[number];

export interface InputStatistics extends Record<Measure, number> {
  /** Shares of the foreground's voxels in HISTOGRAM_BINS equal bins of the intensity map's [0, 1]; their sum is 1. */
  histogram: number[];
}

export const HISTOGRAM_BINS = 32;

/** mm. */
const PIXEL = 2;
/** At most so many slices are looked at, evenly spread. */
const SLICES = 16;
/** Pixels: 320 mm at 2 mm a pixel. */
const SIZE = 160;
/** A slice counts where it has this share of the fullest one's foreground: neither neck nor crown. */
const LARGE = 0.6;
/** Of the even tissue's share of the inside. */
const EVEN = 0.2;
/** Of the median: less is dark fluid or bone. */
const DARK = 0.62;
/** mm below the outline, where brain is sure: below scalp and skull, or below the brain's own surface. */
const BELOW_SKULL = 20;
const BELOW_SURFACE = 8;

/** A ring this much darker than what lies on both of its sides (geometric mean) is a skull. Whole heads: 1.24 and more; stripped: 1.16 and less. */
const SKULL = 1.2;

export function hasSkull({ skull }: Pick<InputStatistics, 'skull'>): boolean {
  return skull > SKULL;
}

/**
 * @param frame of the model's map; of Hounsfield units all levels count from its low end, air
 * @param known of the scan's voxels, where they are kept
 * @returns null where no slice holds any foreground
 */
export function inputStatistics(
  scan: Image3,
  frame: IntensityFrame,
  known?: Pick<ScanMeasures, 'levels' | 'tally' | 'foreground' | 'foregroundBySlice'>,
): InputStatistics | null {
  const levels = known?.levels() ?? voxelLevels(scan.voxels);
  const threshold = thresholdOfLevels(levels, frame.map);
  const shares = known?.foregroundBySlice(frame.map) ?? foregroundBySlice(scan, threshold);
  const plan = planSlices(scan, { pixelSize: pixelSize(scan), size: SIZE }, levels, known?.foreground);
  const slices = largeSlices(scan, shares, plan, threshold, frame.low);
  if (slices.length === 0) return null;
  const pixel = pixelSize(scan);
  const profile = depthProfile(slices, pixel);
  const skull = skullDepth(profile);
  const below = hasSkull({ skull }) ? BELOW_SKULL : BELOW_SURFACE;
  const inside = insideOf(slices, pixel, below);
  return {
    width: median(slices.map(({ outline }) => extent(outline, 1) * pixel)),
    depth: median(slices.map(({ outline }) => extent(outline, SIZE) * pixel)),
    ...foregroundValues(known?.tally() ?? untallied(scan.voxels), threshold, frame),
    smoothness: neighbourCorrelation(slices),
    skull,
    ...inside,
  };
}

/** An axial slice on the measuring grid: SIZE x SIZE, row-major. */
interface MeasuredSlice {
  image: Float32Array;
  /** 1 inside of the head's outline, holes filled. */
  outline: Uint8Array;
  /** Pixels to the outside; 0 there. */
  depth: Float32Array;
}

function pixelSize({ zooms }: Pick<Image3, 'zooms'>): number {
  return Math.max(PIXEL, zooms[0], zooms[1]);
}

function largeSlices(
  scan: Image3,
  shares: Float32Array,
  plan: SlicePlan,
  threshold: number,
  air: number,
): MeasuredSlice[] {
  const least = LARGE * largestOf(shares);
  const large = [...shares.keys()].filter((k) => shares[k] > 0 && shares[k] >= least);
  const step = Math.max(1, large.length / SLICES);
  const count = Math.min(large.length, SLICES);
  const slices: MeasuredSlice[] = [];
  for (let n = 0; n < count; n++) {
    const k = large[Math.floor((n + 0.5) * step)];
    const image = extractSlice(scan, plan, k, air);
    if (air !== 0) for (let at = 0; at < image.length; at++) image[at] -= air;
    const outline = outlineOf(image, threshold - air);
    if (outline.includes(1)) slices.push({ image, outline, depth: distances(outline.map((one) => 1 - one)) });
  }
  return slices;
}

/** Between the outermost foreground of its row and of its column; single pixels of noise do not count. */
function outlineOf(image: Float32Array, threshold: number): Uint8Array {
  const low = { row: new Int16Array(SIZE).fill(SIZE), column: new Int16Array(SIZE).fill(SIZE) };
  const high = { row: new Int16Array(SIZE).fill(-1), column: new Int16Array(SIZE).fill(-1) };
  const bright = new Uint8Array(image.length);
  for (let at = 0; at < image.length; at++) bright[at] = image[at] > threshold ? 1 : 0;
  eachInner(1, (at, x, y) => {
    let around = 0;
    for (let n = 0; n < AROUND.length; n++) around += bright[at + AROUND[n]];
    if (around < 5) return;
    low.row[y] = Math.min(low.row[y], x);
    high.row[y] = Math.max(high.row[y], x);
    low.column[x] = Math.min(low.column[x], y);
    high.column[x] = Math.max(high.column[x], y);
  });
  const outline = new Uint8Array(SIZE * SIZE);
  eachInner(1, (at, x, y) => {
    const isInside = x >= low.row[y] && x <= high.row[y] && y >= low.column[x] && y <= high.column[x];
    if (isInside) outline[at] = 1;
  });
  return outline;
}

const AROUND = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => y * SIZE + x));

/** All pixels that are `margin` or more from the image's border. */
function eachInner(margin: number, visit: (at: number, x: number, y: number) => void): void {
  for (let y = margin; y < SIZE - margin; y++)
    for (let x = margin; x < SIZE - margin; x++) visit(y * SIZE + x, x, y);
}

/** Pixels from each pixel to the nearest that is set, along rows, columns and diagonals; `FAR` where none is. */
function distances(set: Uint8Array): Float32Array {
  const far = new Float32Array(set.length);
  for (let at = 0; at < set.length; at++) far[at] = set[at] ? 0 : FAR;
  for (let y = 1; y < SIZE - 1; y++) for (let x = 1; x < SIZE - 1; x++) shorten(far, y * SIZE + x, -1);
  for (let y = SIZE - 2; y > 0; y--) for (let x = SIZE - 2; x > 0; x--) shorten(far, y * SIZE + x, 1);
  return far;
}
const FAR = 1e4;

/** By way of the four neighbours on one side: those after the pixel (1) or before it (-1). */
function shorten(far: Float32Array, at: number, side: 1 | -1): void {
  const own = far[at];
  // Nothing is nearer than that.
  if (own === 0) return;
  const straight = Math.min(far[at + side], far[at + side * SIZE]) + 1;
  const across = Math.min(far[at + side * (SIZE + 1)], far[at + side * (SIZE - 1)]) + Math.SQRT2;
  far[at] = Math.min(own, straight, across);
}

/** Median by depth below the outline, in steps of PROFILE_STEP mm. */
function depthProfile(slices: readonly MeasuredSlice[], pixel: number): number[] {
  const values: number[][] = Array.from({ length: PROFILE_STEPS }, () => []);
  for (const { image, depth } of slices)
    eachInner(1, (at) => {
      if (depth[at] === 0) return;
      values[Math.floor(((depth[at] - 0.5) * pixel) / PROFILE_STEP)]?.push(image[at]);
    });
  return values.filter((step) => step.length > 0).map(median);
}
const PROFILE_STEP = 2;
const PROFILE_STEPS = 20;

/**
 * Geometric mean of what scalp and brain are over the darkest ring between them; a brain that only grows brighter inwards
 * has no such ring, hence the second bound.
 */
function skullDepth(profile: readonly number[]): number {
  // The second brightest step: fluid on a stripped brain is a step thick, scalp several.
  const [first, second] = [...profile.slice(0, 5).keys()].sort((a, b) => profile[b] - profile[a]);
  const scalp = profile[second] ?? profile[first];
  const at = Math.min(first, second ?? first);
  const ring = profile.slice(at, 11);
  const valley = Math.min(...ring);
  const brain = Math.max(...profile.slice(at + ring.indexOf(valley)));
  const most = 10;
  if (!(valley > 0)) return most;
  const outwards = scalp / valley;
  return Math.min(Math.sqrt(outwards * (brain / valley)), outwards ** 2, most);
}

/** Number of pixels along rows (step 1) or columns (step SIZE) from the first to the last of the outline. */
function extent(outline: Uint8Array, step: 1 | typeof SIZE): number {
  let low = SIZE;
  let high = -1;
  for (let at = 0; at < outline.length; at++) {
    if (!outline[at]) continue;
    const place = step === 1 ? at % SIZE : Math.floor(at / SIZE);
    low = Math.min(low, place);
    high = Math.max(high, place);
  }
  return high - low + 1;
}

/**
 * Pearson's correlation of pixels with those to their right and below, a pixel or more inside the outline. Values count up to the 5th
 * and 95th percentile: a few hot or dead pixels outweigh all others in it.
 */
function neighbourCorrelation(slices: readonly MeasuredSlice[]): number {
  const inside: number[] = [];
  for (const { image, depth } of slices)
    eachInner(1, (at) => {
      if (depth[at] > 2) inside.push(image[at]);
    });
  const [low, high] = percentiles(Float32Array.from(inside), [5, 95]);
  const within = (value: number) => Math.min(Math.max(value, low), high);
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (const { image, depth } of slices)
    eachInner(1, (at) => {
      if (depth[at] <= 2) return;
      const value = within(image[at]);
      for (let step = 1; step <= SIZE; step += SIZE - 1) {
        const other = within(image[at + step]);
        n++;
        x += value;
        y += other;
        xx += value * value;
        yy += other * other;
        xy += value * other;
      }
    });
  const spread = Math.sqrt((n * xx - x * x) * (n * yy - y * y));
  // An even surface is as smooth as can be.
  return spread > 1e-9 * n * xx ? (n * xy - x * y) / spread : 1;
}

/** What tells of grey matter, white matter and fluid, `below` mm and more under the outline. */
function insideOf(
  slices: readonly MeasuredSlice[],
  pixel: number,
  below: number,
): Pick<InputStatistics, 'whiteOverGrey' | 'darkest' | 'brightest'> {
  const values: number[] = [];
  for (const { image, depth } of slices)
    eachInner(2, (at) => {
      if ((depth[at] - 0.5) * pixel > below) values.push(image[at]);
    });
  // Where the head is that small, all of it.
  if (values.length === 0) return { whiteOverGrey: 1, darkest: 1, brightest: 1 };
  const level = median(values);
  const means = new Float32Array(values.length);
  const variances = new Float32Array(values.length);
  const near: number[] = [];
  const away: number[] = [];
  let n = 0;
  for (const { image, depth } of slices) {
    const least = (below - BELOW_SURFACE / 2) / pixel + 0.5;
    const dark = new Uint8Array(image.length);
    for (let at = 0; at < image.length; at++)
      dark[at] = depth[at] > least && image[at] < DARK * level ? 1 : 0;
    const fromDark = distances(dark);
    eachInner(2, (at) => {
      if (!((depth[at] - 0.5) * pixel > below)) return;
      const mm = Math.round(fromDark[at]) * pixel;
      if (mm >= 3 && mm <= 5) near.push(image[at]);
      else if (mm >= 10 && mm <= 14) away.push(image[at]);
      let sum = 0;
      let squares = 0;
      for (let step = 0; step < AROUND.length; step++) {
        const value = image[at + AROUND[step]];
        sum += value;
        squares += value * value;
      }
      means[n] = sum / AROUND.length;
      variances[n] = squares / AROUND.length - means[n] ** 2;
      n++;
    });
  }
  const evenest = variances.slice().sort()[Math.floor(EVEN * n)];
  const white = median(means.filter((_, at) => variances[at] <= evenest));
  // Without fluid there is nothing to be far from.
  const hasBoth = near.length > 20 && away.length > 20;
  const sorted = Float32Array.from(values).sort();
  const ratio = (value: number) => (level > 0 ? value / level : 1);
  return {
    whiteOverGrey: ratio(white) * (hasBoth ? median(away) / median(near) : 1),
    darkest: ratio(sorted[Math.floor(0.05 * sorted.length)]),
    brightest: ratio(sorted[Math.floor(0.95 * sorted.length)]),
  };
}

/** In one go over all voxels. */
function foregroundValues(
  { values, times, count: all }: Tally,
  threshold: number,
  { low, high }: IntensityFrame,
): Pick<InputStatistics, 'foreground' | 'histogram'> {
  const counts = new Float64Array(HISTOGRAM_BINS);
  let above = 0;
  let finite = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!(value > threshold)) continue;
    const count = times ? times[at] : 1;
    above += count;
    if (!Number.isFinite(value)) continue;
    finite += count;
    const bin = Math.floor(((value - low) / (high - low)) * HISTOGRAM_BINS);
    counts[Math.min(Math.max(bin, 0), HISTOGRAM_BINS - 1)] += count;
  }
  return {
    foreground: above / all,
    histogram: [...counts].map((count) => (finite > 0 ? count / finite : 0)),
  };
}

function median(values: ArrayLike<number>): number {
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)];
}
