/** Masks of a volume, one byte a voxel (1 inside), i fastest; morphology within axial slices. */

import { largestOf } from '../../volume/extremes';
import type { Shape3 } from '../../volume/image';
import type { Pieces } from '../pieces';
import { components } from './components';

/** Half the side of the box, less a half: 17 x 17 pixels. */
export const INSIDE_RADIUS = 8;

/**
 * The foreground eroded by 8 pixels in plane: scalp and bone go, since bone is dark and thin, and so does what lies within
 * 8 pixels of dark fluid. What is left is called the inside of the brain.
 */
export function insideMask(foreground: Uint8Array, shape: Shape3): Pieces<Uint8Array> {
  return erodeInPlane(foreground, shape, INSIDE_RADIUS);
}

/**
 * The brain with its ventricles, of which fluid may be darker than the foreground's threshold: the largest connected piece of
 * the inside, given back the 8 pixels that the erosion took, its holes within each axial slice filled.
 */
export function* brainMask(foreground: Uint8Array, shape: Shape3): Pieces<Uint8Array> {
  const { labels, sizes } = yield* components(yield* insideMask(foreground, shape), shape);
  const largest = sizes.indexOf(largestOf(sizes)) + 1;
  const kept = new Uint8Array(labels.length);
  for (let at = 0; at < labels.length; at++) if (labels[at] > 0 && labels[at] === largest) kept[at] = 1;
  yield;
  return yield* filledInPlane(yield* dilateInPlane(kept, shape, INSIDE_RADIUS), shape);
}

/** 1 where the box of side 2 radius + 1 about a pixel holds nothing but 1; beyond the slice's edge nothing counts. */
export function erodeInPlane(mask: Uint8Array, shape: Shape3, radius: number): Pieces<Uint8Array> {
  return slicewise(mask, shape, (slice) => inverted(dilatedSlice(inverted(slice), shape, radius)));
}

/** 1 where the box of side 2 radius + 1 about a pixel, as far as it lies in the slice, holds a 1. */
export function dilateInPlane(mask: Uint8Array, shape: Shape3, radius: number): Pieces<Uint8Array> {
  return slicewise(mask, shape, (slice) => dilatedSlice(slice, shape, radius));
}

function* slicewise(
  mask: Uint8Array,
  [ni, nj, nk]: Shape3,
  change: (slice: Uint8Array) => Uint8Array,
): Pieces<Uint8Array> {
  const area = ni * nj;
  const result = new Uint8Array(mask.length);
  for (let k = 0; k < nk; k++) {
    result.set(change(mask.subarray(k * area, (k + 1) * area)), k * area);
    yield;
  }
  return result;
}

function dilatedSlice(slice: Uint8Array, [ni, nj]: Shape3, radius: number): Uint8Array {
  const rows = dilateAxis(slice, { count: ni, step: 1 }, { count: nj, step: ni }, radius);
  return dilateAxis(rows, { count: nj, step: ni }, { count: ni, step: 1 }, radius);
}

/** A mask that is 1 wherever one of the masks is. */
export function union(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((value, at) => (value || b[at] ? 1 : 0));
}

interface Axis {
  count: number;
  /** Distance of neighbours in the array. */
  step: number;
}

function dilateAxis(mask: Uint8Array, along: Axis, lines: Axis, radius: number): Uint8Array {
  const result = new Uint8Array(mask.length);
  for (let line = 0; line < lines.count; line++) {
    const start = line * lines.step;
    // Distance to the nearest 1 before, then behind.
    let since = Number.POSITIVE_INFINITY;
    for (let n = 0; n < along.count; n++) {
      const at = start + n * along.step;
      since = mask[at] ? 0 : since + 1;
      if (since <= radius) result[at] = 1;
    }
    since = Number.POSITIVE_INFINITY;
    for (let n = along.count - 1; n >= 0; n--) {
      const at = start + n * along.step;
      since = mask[at] ? 0 : since + 1;
      if (since <= radius) result[at] = 1;
    }
  }
  return result;
}

/** What a slice's edge cannot reach through zeros, by sides of pixels, becomes 1. */
function* filledInPlane(mask: Uint8Array, [ni, nj, nk]: Shape3): Pieces<Uint8Array> {
  const area = ni * nj;
  const outside = new Uint8Array(mask.length);
  const waiting: number[] = [];
  const visit = (at: number) => {
    if (mask[at] || outside[at]) return;
    outside[at] = 1;
    waiting.push(at);
  };
  for (let k = 0; k < nk; k++) {
    for (let i = 0; i < ni; i++) for (const j of [0, nj - 1]) visit(i + ni * j + area * k);
    for (let j = 0; j < nj; j++) for (const i of [0, ni - 1]) visit(i + ni * j + area * k);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const [i, j] = [at % ni, Math.floor((at % area) / ni)];
      if (i > 0) visit(at - 1);
      if (i < ni - 1) visit(at + 1);
      if (j > 0) visit(at - ni);
      if (j < nj - 1) visit(at + ni);
    }
    yield;
  }
  return inverted(outside);
}

function inverted(mask: Uint8Array): Uint8Array {
  const result = new Uint8Array(mask.length);
  for (let at = 0; at < mask.length; at++) result[at] = mask[at] ? 0 : 1;
  return result;
}
