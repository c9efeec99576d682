import type { Shape3 } from '../../volume/image';

/**
 * How much an image changes from one counted slice to the next: mean |difference| over the pixels that are head in both slices, divided by
 * the mean of the first slice's there. Of a synthetic image to be compared with the real one's: more is flicker, less is smear.
 * @param slices those that count, in rising order; their distance decides the number, so only the ratio of two images means something
 * @returns null for fewer than two slices, or an image that is empty there
 */
export function sliceChange(
  image: Float32Array,
  head: Uint8Array,
  [ni, nj]: Shape3,
  slices: readonly number[],
): number | null {
  const area = ni * nj;
  let [differences, values] = [0, 0];
  for (let n = 1; n < slices.length; n++) {
    const [first, second] = [slices[n - 1] * area, slices[n] * area];
    for (let p = 0; p < area; p++) {
      if (!head[first + p] || !head[second + p]) continue;
      differences += Math.abs(image[second + p] - image[first + p]);
      values += image[first + p];
    }
  }
  return values > 0 ? differences / values : null;
}
