/** Pixel values of one image, row after row; every measure here sums in float64 whatever the array holds. */
export type Pixels = Float32Array | Float64Array;

/**
 * The number of pixels that a measure runs over.
 * Throws where the arrays differ in length: a measure over images of different sizes is a mistake of the caller.
 */
export function countPixels(image: Pixels, reference: Pixels, mask?: Uint8Array): number {
  if (image.length !== reference.length || (mask && mask.length !== image.length)) {
    const got = [image.length, reference.length, ...(mask ? [mask.length] : [])].join(', ');
    throw new Error(
      `Image measures: both images and the mask must have the same number of pixels, got ${got}`,
    );
  }
  if (!mask) return image.length;
  let count = 0;
  for (const inside of mask) if (inside) count++;
  return count;
}
