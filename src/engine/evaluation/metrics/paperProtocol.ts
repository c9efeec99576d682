import type { Pixels } from './pixels';
import { psnr } from './psnr';
import { ssim } from './ssim';

/**
 * The evaluation of Özbey et al. 2023 for one slice: each image is divided by its own mean, then both by the
 * reference's maximum; PSNR in dB and SSIM (Gaussian 11x11, sigma 1.5) with data range 1.
 * Images are height rows of width pixels, not negative. null where an image is empty (mean 0) and the division has no meaning.
 */
export function paperProtocol(
  synthetic: Pixels,
  reference: Pixels,
  width: number,
  height: number,
): { psnr: number; ssim: number } | null {
  const syntheticMean = mean(synthetic);
  const referenceMean = mean(reference);
  if (!(syntheticMean > 0 && referenceMean > 0)) return null;
  // The reference's maximum after the division by its mean.
  let peak = 0;
  for (const value of reference) peak = Math.max(peak, value / referenceMean);
  const scaled = (values: Pixels, mean: number) => {
    const result = new Float64Array(values.length);
    for (let p = 0; p < values.length; p++) result[p] = values[p] / mean / peak;
    return result;
  };
  const [a, b] = [scaled(synthetic, syntheticMean), scaled(reference, referenceMean)];
  return { psnr: psnr(a, b, 1), ssim: ssim(a, b, width, height, 1) };
}

function mean(values: Pixels): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
