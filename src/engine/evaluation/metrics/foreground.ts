import type { Pixels } from './pixels';

/** One byte a pixel: 1 where the value lies above `threshold` (10 % of the volume's 99.9th percentile), else 0. */
export function foregroundMask(values: Pixels, threshold: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) if (values[at] > threshold) mask[at] = 1;
  return mask;
}
