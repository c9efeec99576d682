import { countPixels, type Pixels } from './pixels';

/**
 * Mean absolute error, in the images' own unit.
 * `mask`, where given, holds one byte a pixel; only pixels other than 0 count. NaN for an empty mask.
 */
export function meanAbsoluteError(image: Pixels, reference: Pixels, mask?: Uint8Array): number {
  const count = countPixels(image, reference, mask);
  let sum = 0;
  for (let p = 0; p < image.length; p++) {
    if (!mask || mask[p]) sum += Math.abs(image[p] - reference[p]);
  }
  return sum / count;
}
