import type { Pixels } from './pixels';

/** One byte a pixel: 1 where the value lies above `threshold` (10 % of the volume's 99.9th percentile), else 0. */
export function foregroundMask(values: Pixels, threshold: number): Uint8Array {
  return Uint8Array.from(values, (value) => (value > threshold ? 1 : 0));
}
