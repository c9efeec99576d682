/** Slices without a score: which image is to blame, and how. */
import { countPixels, type Pixels } from './pixels';

export interface Missing {
  image: 'synthetic' | 'reference';
  /** `constant`: one value in every pixel, an empty slice among them. Its SSIM speaks of the mean alone. */
  fault: 'not finite' | 'constant';
  /** That are NaN or infinite; all of the slice where it is constant. */
  pixels: number;
}

/** Null for two images that can be compared. Throws Error on images of unequal size. */
export function missingScore(synthetic: Pixels, reference: Pixels): Missing | null {
  countPixels(synthetic, reference);
  const images = [
    { image: 'reference', values: reference },
    { image: 'synthetic', values: synthetic },
  ] as const;
  for (const { image, values } of images) {
    const pixels = countNotFinite(values);
    if (pixels > 0) return { image, fault: 'not finite', pixels };
  }
  for (const { image, values } of images)
    if (isConstant(values)) return { image, fault: 'constant', pixels: values.length };
  return null;
}

/** A value is finite where it less itself is 0. */
export function countNotFinite(values: Pixels): number {
  let count = 0;
  for (const value of values) if (value - value !== 0) count++;
  return count;
}

export function isConstant(values: Pixels): boolean {
  return values.every((value) => value === values[0]);
}
