import { meanAbsoluteError } from './mae';
import { type Missing, missingScore } from './missing';
import type { Pixels } from './pixels';
import { psnr } from './psnr';
import { meanSsim, ssimMap } from './ssim';

/**
 * PSNR in dB with data range 1, null where the images are identical there (it is infinite, which neither JSON nor a mean can hold);
 * SSIM Gaussian 11x11 sigma 1.5; MAE in parts of the data range.
 */
export interface Score {
  psnr: number | null;
  ssim: number;
  mae: number;
}

/** Of a slice; every score is null where it has none, and `missing` says why. */
export type SliceScores<P extends string> = {
  whole: Score | null;
  missing: Missing | null;
} & Record<P, Score | null>;

/**
 * Scores a synthetic slice against the real one, as they are: values outside of [0, 1] count with all that they are outside.
 * Both images are height rows of width pixels on a scale with data range 1; `mask` holds one byte a pixel, 1 in the reference's foreground.
 * Over the foreground, PSNR and MAE take its pixels only and SSIM is the mean of the SSIM map there; null without foreground.
 * Throws BadRequest on images narrower than the 11-pixel window, Error on images of unequal size.
 */
export function scoreSlice(
  synthetic: Pixels,
  reference: Pixels,
  width: number,
  height: number,
  mask: Uint8Array,
): SliceScores<'foreground'> {
  return scoreParts(synthetic, reference, width, height, { foreground: mask });
}

/** As `scoreSlice`, over each of several masks. */
export function scoreParts<P extends string>(
  synthetic: Pixels,
  reference: Pixels,
  width: number,
  height: number,
  masks: Record<P, Uint8Array>,
): SliceScores<P> {
  const missing = missingScore(synthetic, reference);
  const map = missing ? null : ssimMap(synthetic, reference, width, height, 1);
  const score = (ssim: number, mask?: Uint8Array): Score => ({
    psnr: finiteOrNull(psnr(synthetic, reference, 1, mask)),
    ssim,
    mae: meanAbsoluteError(synthetic, reference, mask),
  });
  const within = (mask: Uint8Array): Score | null => {
    const ssim = map && maskedMean(map, mask);
    return ssim === null ? null : score(ssim, mask);
  };
  const parts = Object.entries<Uint8Array>(masks).map(([part, mask]) => [part, within(mask)]);
  return {
    whole: map && score(meanSsim(map, width, height, 'gaussian')),
    missing,
    ...(Object.fromEntries(parts) as Record<P, Score | null>),
  };
}

/** A PSNR as JSON and tables hold it: null where the images are identical. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function maskedMean(values: Float64Array, mask: Uint8Array): number | null {
  let sum = 0;
  let count = 0;
  for (let p = 0; p < values.length; p++) {
    if (mask[p]) {
      sum += values[p];
      count++;
    }
  }
  return count ? sum / count : null;
}
