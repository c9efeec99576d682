/**
 * Axial slices between a scan's own grid and a model's square image, and back.
 *
 * Along each in-plane axis, model pixels of `pixelSize` mm are laid over the scan: as many as cover it, centred on it. If
 * they fit in the model's square it is padded evenly (nothing is cut), else a window is taken that is centred on the head.
 * Resampling is separable: averages over exact overlaps where the new pixels are the larger ones, linear between pixel
 * centres (held at the edges) where they are the smaller ones. A scan of 256 x 256 at 0.9375 mm and a model of 128 x 128
 * at 1.875 mm thus give plain 2 x 2 means, and twofold bilinear enlargement on the way back.
 *
 * The model's image is row-major as the training slices were: row 0 is the front of the head (anterior), column 0 the
 * patient's right. The scan's slice has i to the right and j to the front, i fastest, so the two are each other's reverse.
 */
import { BadRequest } from '../errors';
import type { Image3 } from './image';
import { thresholdOfLevels, type VoxelLevels, voxelLevels } from './intensity';
import { type ModelPixels, modelPixels } from './modelImage';

/** One axis of a plan, in the scan's direction. */
export interface AxisPlan {
  /** Pixels of the scan. */
  count: number;
  /** Model pixels per scan pixel. */
  scale: number;
  /** The scan's low edge, in model pixels from the low edge of the model's square; negative where the scan is cropped. */
  offset: number;
}

/** Plain data; the same for all slices of a scan. */
export interface SlicePlan {
  /** Side of the model's image, pixels. */
  size: number;
  /** mm. */
  pixelSize: number;
  i: AxisPlan;
  j: AxisPlan;
  /** Share of the scan's foreground voxels that lies outside the model's field of view, 0..1; 0 where nothing is cropped. */
  foregroundCut: number;
}

/** Extents within this many model pixels of a whole number count as whole: zooms carry float32 rounding. */
const WHOLE = 1e-3;

/** A row or column of the head has at least this share of the foreground of its fullest one; less is noise. */
const HEAD_SHARE = 0.02;

/**
 * How axial slices of the volume are laid on the model's square.
 * @param grid pixelSize in mm and size in pixels, from the model's card
 * @param levels of the volume's voxels, where they are known
 * @param foreground of the volume by these levels, asked for where the plan crops; where it is kept
 */
export function planSlices(
  volume: Image3,
  grid: { pixelSize: number; size: number },
  levels?: VoxelLevels,
  foreground = () => countForeground(volume, levels ?? voxelLevels(volume.voxels)),
): SlicePlan {
  const { pixelSize, size } = grid;
  if (!(pixelSize > 0 && Number.isInteger(size) && size > 0))
    throw new BadRequest(
      `slice plan: pixelSize and size must be positive, got ${pixelSize} mm and ${size}; check the model's card`,
    );
  const [ni, nj] = volume.shape;
  const scaleI = axisScale(ni, volume.zooms[0], pixelSize);
  const scaleJ = axisScale(nj, volume.zooms[1], pixelSize);
  const crops = pixelsOver(ni, scaleI) > size || pixelsOver(nj, scaleJ) > size;
  const head = crops ? foreground() : null;
  const axis = (count: number, scale: number, profile: Float64Array | undefined): AxisPlan => ({
    count,
    scale,
    offset: placeAxis(count, scale, size, profile),
  });
  const i = axis(ni, scaleI, head?.i);
  const j = axis(nj, scaleJ, head?.j);
  return { size, pixelSize, i, j, foregroundCut: head ? shareOutside(head.map, i, j, size) : 0 };
}

/**
 * Axial slice k on the model's grid: size*size in the volume's own units. `air` outside the scan and for what is not finite.
 */
export function extractSlice(scan: Image3, { size, i, j }: SlicePlan, k: number, air = 0): ModelPixels {
  return modelPixels(
    resample(finiteSlice(scan, k, air), i.count, modelTaps(i, size), modelTaps(j, size), air).reverse(),
  );
}

/** The least image on a plan's grid and in its order that holds both the square and all of the scan. */
export interface Cover {
  width: number;
  height: number;
  /** Where the square begins in it. */
  left: number;
  top: number;
}

/** The same size for all plans of one grid: what these leave open is which square they crop. */
export function coverOf({ size, i, j }: SlicePlan): Cover {
  const [x, y] = [coverAxis(i, size), coverAxis(j, size)];
  // Both axes of the model's image are reversed.
  const first = (axis: typeof x) => axis.pixels - size - axis.start;
  return { width: x.pixels, height: y.pixels, left: first(x), top: first(y) };
}

/** Axial slice k on a plan's cover, width*height: the square in it is `extractSlice`'s, up to rounding. */
export function extractCover(scan: Image3, { size, i, j }: SlicePlan, k: number, air = 0): Float32Array {
  const taps = (axis: AxisPlan) => {
    const { pixels, start } = coverAxis(axis, size);
    return modelTaps({ ...axis, offset: axis.offset + start }, pixels);
  };
  return resample(finiteSlice(scan, k, air), i.count, taps(i), taps(j), air).reverse();
}

/** Pixels along an axis of a cover; a head has some hundred. */
const MOST_COVER = 8192;

/** The cover's pixels along an axis, and how many come before the square, in the scan's direction. */
function coverAxis({ count, scale, offset }: AxisPlan, size: number): { pixels: number; start: number } {
  const pixels = pixelsOver(count, scale);
  if (pixels <= size) return { pixels: size, start: 0 };
  if (pixels > MOST_COVER)
    throw new BadRequest(
      `slices: must be up to ${MOST_COVER} of the model's pixels wide, got ${pixels}; check the scan's voxel size`,
    );
  const overhang = (pixels - count * scale) / 2;
  return { pixels, start: Math.round(overhang - offset) };
}

function finiteSlice({ shape, voxels }: Image3, k: number, air: number): Float32Array {
  const [ni, nj, nk] = shape;
  if (!(Number.isInteger(k) && k >= 0 && k < nk))
    throw new BadRequest(`slice: must be 0 to ${nk - 1}, got ${k}; choose a slice of the scan`);
  return voxels
    .subarray(k * ni * nj, (k + 1) * ni * nj)
    .map((value) => (Number.isFinite(value) ? value : air));
}

/**
 * The model's image on the scan's own in-plane grid: ni*nj, i fastest.
 * @param modelPixels size*size, laid out as by `extractSlice`
 * @param fill value outside the model's field of view
 */
export function restoreSlice(plan: SlicePlan, modelPixels: Float32Array, fill = 0): Float32Array {
  const { size } = plan;
  if (modelPixels.length !== size * size)
    throw new BadRequest(
      `model image: must have ${size} x ${size} pixels, got ${modelPixels.length}; use its own plan`,
    );
  return resample(modelPixels.slice().reverse(), size, scanTaps(plan.i, size), scanTaps(plan.j, size), fill);
}

/** Model pixels per scan pixel, nudged so that the extent is whole where it is nearly so. */
function axisScale(count: number, zoom: number, pixelSize: number): number {
  const extent = (count * zoom) / pixelSize;
  const whole = Math.round(extent);
  return whole > 0 && Math.abs(extent - whole) < WHOLE ? whole / count : zoom / pixelSize;
}

/** Number of model pixels that cover the axis. */
function pixelsOver(count: number, scale: number): number {
  const extent = count * scale;
  return Math.abs(extent - Math.round(extent)) < WHOLE ? Math.max(1, Math.round(extent)) : Math.ceil(extent);
}

function placeAxis(count: number, scale: number, size: number, profile: Float64Array | undefined): number {
  const pixels = pixelsOver(count, scale);
  // The covering pixels stand over on both sides alike.
  const overhang = (pixels - count * scale) / 2;
  if (pixels <= size || !profile) {
    // The odd pixel goes to the low side: in the model's image, which is reversed, it comes last, as in training.
    return Math.ceil((size - pixels) / 2) + overhang;
  }
  const [low, high] = headRange(profile);
  const centre = ((low + high) / 2) * scale + overhang;
  const start = Math.min(Math.max(Math.round(centre - size / 2), 0), pixels - size);
  return overhang - start;
}

/** A square image on another number of pixels, rows and columns as they were: averages down, linear up, as above. */
export function resizeSquare(pixels: Float32Array, from: number, to: number): Float32Array {
  const axis = modelTaps({ count: from, scale: to / from, offset: 0 }, to);
  return resample(pixels, from, axis, axis, 0);
}

/** First and one past the last pixel that belong to the head; the whole axis if there is no foreground. */
function headRange(profile: Float64Array): [number, number] {
  const least = Math.max(1, HEAD_SHARE * profile.reduce((a, b) => Math.max(a, b), 0));
  const low = profile.findIndex((count) => count >= least);
  if (low < 0) return [0, profile.length];
  return [low, profile.findLastIndex((count) => count >= least) + 1];
}

/** Foreground voxels over all slices: by in-plane position, by i and by j. */
export interface ForegroundCounts {
  map: Float64Array;
  i: Float64Array;
  j: Float64Array;
}

export function countForeground({ shape, voxels }: Image3, levels: VoxelLevels): ForegroundCounts {
  const [ni, nj] = shape;
  const threshold = thresholdOfLevels(levels);
  const counts = { map: new Float64Array(ni * nj), i: new Float64Array(ni), j: new Float64Array(nj) };
  for (let at = 0, inPlane = 0; at < voxels.length; at++) {
    if (voxels[at] > threshold) counts.map[inPlane]++;
    if (++inPlane === ni * nj) inPlane = 0;
  }
  counts.map.forEach((count, inPlane) => {
    counts.i[inPlane % ni] += count;
    counts.j[Math.floor(inPlane / ni)] += count;
  });
  return counts;
}

function shareOutside(map: Float64Array, i: AxisPlan, j: AxisPlan, size: number): number {
  const inside = (axis: AxisPlan, at: number) => {
    const centre = (at + 0.5) * axis.scale + axis.offset;
    return centre >= 0 && centre <= size;
  };
  let outside = 0;
  let all = 0;
  map.forEach((count, at) => {
    all += count;
    if (!(inside(i, at % i.count) && inside(j, Math.floor(at / i.count)))) outside += count;
  });
  return all === 0 ? 0 : outside / all;
}

/** What one new pixel is made of: weights[n] times old pixel start + n. No weights: outside. */
interface Tap {
  start: number;
  weights: number[];
}

function modelTaps({ count, scale, offset }: AxisPlan, size: number): Tap[] {
  return taps(size, 1 / scale, -offset / scale, 0, count);
}

function scanTaps({ count, scale, offset }: AxisPlan, size: number): Tap[] {
  // Model pixels that hold some of the scan; beyond them is padding, which must not bleed into the scan's edge.
  const low = Math.max(0, Math.round(offset));
  const high = Math.min(size, Math.round(offset + count * scale));
  return taps(count, scale, offset, low, high);
}

/** New pixel n spans [n, n + 1] * width + shift in old pixels, of which [low, high) exist. */
function taps(count: number, width: number, shift: number, low: number, high: number): Tap[] {
  return Array.from({ length: count }, (_, n) => {
    const from = n * width + shift;
    const centre = from + width / 2;
    if (centre < low - 1e-9 || centre > high + 1e-9) return { start: 0, weights: [] };
    return width > 1 ? areaTap(from, from + width, low, high) : linearTap(centre, low, high);
  });
}

function areaTap(from: number, to: number, low: number, high: number): Tap {
  const begin = Math.max(from, low);
  const end = Math.min(to, high);
  const start = Math.floor(begin);
  const overlaps = Array.from(
    { length: Math.ceil(end) - start },
    (_, n) => Math.min(end, start + n + 1) - Math.max(begin, start + n),
  );
  return { start, weights: overlaps.map((overlap) => overlap / (end - begin)) };
}

function linearTap(centre: number, low: number, high: number): Tap {
  const position = Math.min(Math.max(centre - 0.5, low), high - 1);
  const start = Math.floor(position);
  const part = position - start;
  return { start, weights: part === 0 ? [1] : [1 - part, part] };
}

/** Along x (fastest), then along y; `oldWidth` is the image's own width. */
function resample(image: Float32Array, oldWidth: number, x: Tap[], y: Tap[], fill: number): Float32Array {
  const width = x.length;
  const out = new Float32Array(width * y.length);
  const rows = new Map<number, Float64Array>();
  const row = (at: number): Float64Array => {
    const known = rows.get(at);
    if (known) return known;
    const base = at * oldWidth;
    const made = new Float64Array(width);
    for (let to = 0; to < width; to++) {
      const { start, weights } = x[to];
      let sum = 0;
      for (let n = 0; n < weights.length; n++) sum += weights[n] * image[base + start + n];
      made[to] = sum;
    }
    rows.set(at, made);
    return made;
  };
  y.forEach(({ start, weights }, to) => {
    const parts = weights.map((_, n) => row(start + n));
    for (let at = 0; at < width; at++) {
      let sum = fill;
      if (weights.length > 0 && x[at].weights.length > 0) {
        sum = 0;
        for (let n = 0; n < parts.length; n++) sum += weights[n] * parts[n][at];
      }
      out[to * width + at] = sum;
    }
  });
  return out;
}
