import { type Infer, nullable, number, object, refine } from '../../../schema';
import { meanAbsoluteError } from './mae';
import type { Pixels } from './pixels';
import { psnr } from './psnr';
import { meanSsim, ssimMap } from './ssim';

/** PSNR in dB with data range 1 (Infinity for identical images), SSIM Gaussian 11x11 sigma 1.5, MAE in the unit of [0, 1]. */
export const SCORE = object({
  // JSON writes Infinity as null.
  psnr: refine(nullable(number()), (psnr) => psnr ?? Number.POSITIVE_INFINITY),
  ssim: number(),
  mae: number(),
});
export type Score = Infer<typeof SCORE>;

/**
 * Scores a synthetic slice against the real one.
 * Both images are height rows of width pixels in [0, 1]; `mask` holds one byte a pixel, 1 in the reference's foreground.
 * Over the foreground, PSNR and MAE take its pixels only and SSIM is the mean of the SSIM map there; null without foreground.
 * Throws BadRequest on images narrower than the 11-pixel window, Error on images of unequal size.
 */
export function scoreSlice(
  synthetic: Pixels,
  reference: Pixels,
  width: number,
  height: number,
  mask: Uint8Array,
): { whole: Score; foreground: Score | null } {
  return scoreParts(synthetic, reference, width, height, { foreground: mask });
}

/** As `scoreSlice`, over each of several masks. */
export function scoreParts<P extends string>(
  synthetic: Pixels,
  reference: Pixels,
  width: number,
  height: number,
  masks: Record<P, Uint8Array>,
): { whole: Score } & Record<P, Score | null> {
  const map = ssimMap(synthetic, reference, width, height, 1);
  const whole = {
    psnr: psnr(synthetic, reference, 1),
    ssim: meanSsim(map, width, height, 'gaussian'),
    mae: meanAbsoluteError(synthetic, reference),
  };
  const within = (mask: Uint8Array): Score | null => {
    const ssim = maskedMean(map, mask);
    if (ssim === null) return null;
    return {
      psnr: psnr(synthetic, reference, 1, mask),
      ssim,
      mae: meanAbsoluteError(synthetic, reference, mask),
    };
  };
  const parts = Object.entries<Uint8Array>(masks).map(([part, mask]) => [part, within(mask)]);
  return { whole, ...(Object.fromEntries(parts) as Record<P, Score | null>) };
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
