import { countPixels, type Pixels } from './pixels';

/**
 * Peak signal-to-noise ratio in dB: 10 log10(dataRange² / mean squared error), as scikit-image defines it.
 * Infinity for identical images. `mask` as in `meanAbsoluteError`; NaN for an empty mask.
 */
export function psnr(image: Pixels, reference: Pixels, dataRange: number, mask?: Uint8Array): number {
  const count = countPixels(image, reference, mask);
  let squares = 0;
  for (let p = 0; p < image.length; p++) {
    if (!mask || mask[p]) squares += (image[p] - reference[p]) ** 2;
  }
  return 10 * Math.log10((dataRange * dataRange * count) / squares);
}
