/**
 * The scale on which two images are scored: `low` becomes 0 and `high` 1, so that the data range of PSNR and SSIM is 1, and nothing is
 * clipped: what lies outside counts with all that it is outside, and what is not finite stays so.
 */
import { figure } from '../../volume/figure';
import type { IntensityFrame } from '../../volume/intensity';

type Ends = Pick<IntensityFrame, 'low' | 'high'>;

export function onScale(values: Float32Array, { low, high }: Ends): Float32Array {
  return values.map((value) => (value - low) / (high - low));
}

/** Voxels beyond the ends of the scale. */
export interface Outside {
  below: number;
  above: number;
  /** The least and the greatest of all voxels, on the scale. */
  least: number;
  most: number;
}

/** Less than this beyond an end is a rounding of 16-bit files. */
const ROUNDING = 1e-4;

/**
 * Of the given slices; null where none is outside.
 * @param scaled by `onScale`
 * @param area pixels of a slice
 */
export function outsideOf(scaled: Float32Array, area: number, slices: readonly number[]): Outside | null {
  const found = { below: 0, above: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY };
  for (const k of slices)
    for (let at = k * area; at < (k + 1) * area; at++) {
      const value = scaled[at];
      if (value - value !== 0) continue;
      if (value < -ROUNDING) found.below++;
      if (value > 1 + ROUNDING) found.above++;
      found.least = Math.min(found.least, value);
      found.most = Math.max(found.most, value);
    }
  return found.below + found.above > 0 ? found : null;
}

/** "12 voxels below 0 (least -3.2) and 40 above 255 (most 270.5)". @param ends of the scale, in the image's own unit */
export function outsideText({ below, above, least, most }: Outside, ends: Ends): string {
  const own = (value: number) => rounded(ends.low + value * (ends.high - ends.low));
  return [
    ...(below > 0 ? [`${below} below ${rounded(ends.low)} (least ${own(least)})`] : []),
    ...(above > 0 ? [`${above} above ${rounded(ends.high)} (most ${own(most)})`] : []),
  ].join(' and ');
}

export const rounded = figure;
