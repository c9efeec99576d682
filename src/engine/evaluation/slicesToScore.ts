/** Which axial slices of a reference are scored, and which cannot be, so that none is left out without a word. */
import { HEAD_SHARE, headSlices } from '../../volume/headSlices';
import type { Image3 } from '../../volume/image';
import { scanMeasures } from '../../volume/scanMeasures';
import { countNotFinite, isConstant } from './metrics/missing';

export interface SlicesToScore {
  /** With `HEAD_SHARE.evaluation`, in rising order. */
  head: number[];
  /** NaN or infinities, or one value between two slices of the head: they have too little foreground for a reason. */
  damaged: number[];
  /** One value, below or above the head. */
  empty: number[];
}

/** @param measures of the image, where they are kept */
export function slicesToScore(image: Image3, measures = scanMeasures(image)): SlicesToScore {
  const { shape, voxels } = image;
  const area = shape[0] * shape[1];
  const head = headSlices(measures.foregroundBySlice(), HEAD_SHARE.evaluation);
  const isHead = new Set(head);
  const [damaged, empty]: number[][] = [[], []];
  for (let k = 0; k < shape[2]; k++) {
    if (isHead.has(k)) continue;
    const slice = voxels.subarray(k * area, (k + 1) * area);
    const isWithin = k > head[0] && k < head[head.length - 1];
    if (countNotFinite(slice) > 0) damaged.push(k);
    else if (isConstant(slice)) (isWithin ? damaged : empty).push(k);
  }
  return { head, damaged, empty };
}

/** Slices that are scored and those that are named for want of a score, in rising order. */
export const namedSlices = (...lists: readonly (readonly number[])[]): number[] =>
  lists.flat().sort((a, b) => a - b);

/** As many of the slices as are asked for, evenly apart, the middle one where it is one. */
export function spreadOut(slices: readonly number[], count: number): number[] {
  const few = Math.min(count, slices.length);
  return Array.from({ length: few }, (_, n) => slices[Math.floor(((n + 0.5) * slices.length) / few)]);
}
