/** What a feature network says of a set of images, for the distances between sets. */
import { BadRequest } from '../../errors';

export interface FeatureSet {
  /** Images. */
  readonly count: number;
  /** Features of each. */
  readonly length: number;
  /** Image after image, count * length. */
  readonly values: Float32Array | Float64Array;
}

/**
 * Two sets that can be told apart.
 * @throws BadRequest where the sets have other features, fewer than two images, or values that are not finite
 */
export function checkSets(a: FeatureSet, b: FeatureSet): void {
  for (const { count, length, values } of [a, b]) {
    if (!(Number.isInteger(count) && count >= 2))
      throw new BadRequest(
        `features: a set must have at least 2 images, got ${count}; give more slices or scans`,
      );
    if (!(Number.isInteger(length) && length > 0 && values.length === count * length))
      throw new BadRequest(
        `features: ${count} images of ${length} features must be ${count * length} numbers, got ${values.length}; compute them again`,
      );
    const odd = values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0)
      throw new BadRequest(
        `features: must be finite numbers, got ${values[odd]} in image ${Math.floor(odd / length) + 1} of ${count}; leave that image out`,
      );
  }
  if (a.length !== b.length)
    throw new BadRequest(
      `features: both sets must have as many features an image, got ${a.length} and ${b.length}; use one feature network for both`,
    );
}
