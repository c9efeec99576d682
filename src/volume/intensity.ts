/**
 * Intensities to and from the model's [-1, 1]. Percentiles are numpy's (method "linear", float64), taken over finite
 * voxels only; foreground = voxels above 10 % of the volume's 99.9th percentile.
 */
import type { Volume } from './volume';

/** `foreground-p99.5`: 99.5th percentile of the foreground = +1. `foreground-median`: three times its median = +1. */
export const INTENSITY_MAPS = ['foreground-p99.5', 'foreground-median'] as const;
export type IntensityMap = (typeof INTENSITY_MAPS)[number];

/** Above this a voxel is foreground: 10 % of the 99.9th percentile. -Infinity if no voxel is finite. */
export function foregroundThreshold(voxels: Float32Array): number {
  const [high] = percentiles(voxels, [99.9]);
  return Number.isNaN(high) ? Number.NEGATIVE_INFINITY : 0.1 * high;
}

/**
 * The value that the map sends to +1 (0 goes to -1).
 * 1 where the volume has no foreground or no positive one (all zero, all negative): the whole image then maps to -1.
 */
export function intensityUpper(voxels: Float32Array, map: IntensityMap): number {
  const threshold = foregroundThreshold(voxels);
  const [value] = percentiles(voxels, [map === 'foreground-median' ? 50 : 99.5], threshold);
  const upper = map === 'foreground-median' ? 3 * value : value;
  return upper > 0 ? upper : 1;
}

/** clip(v / upper, 0, 1) * 2 - 1; what is not finite counts as 0. */
export function toModelRange(values: Float32Array, upper: number): Float32Array {
  return values.map((value) => clipped(value, upper) * 2 - 1);
}

/** clip(v / upper, 0, 1), in which images are scored; what is not finite counts as 0. */
export function toUnitRange(values: Float32Array, upper: number): Float32Array {
  return values.map((value) => clipped(value, upper));
}

function clipped(value: number, upper: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value / upper, 0), 1) : 0;
}

/** Inverse of `toModelRange` on [-1, 1], to which values are clipped: result in [0, upper]. */
export function fromModelRange(values: Float32Array, upper: number): Float32Array {
  return values.map((value) => ((Math.min(Math.max(value, -1), 1) + 1) / 2) * upper);
}

/** Finite minimum and maximum, and a window that ignores the extremes: 0.5th to 99.5th percentile. Zeros if nothing is finite. */
export function displayRange(voxels: Float32Array): { min: number; max: number; low: number; high: number } {
  const [min, low, high, max] = percentiles(voxels, [0, 0.5, 99.5, 100]).map((value) =>
    Number.isNaN(value) ? 0 : value,
  );
  return { min, max, low, high };
}

/** Share of foreground pixels of each axial slice, 0..1. */
export function foregroundBySlice(volume: Pick<Volume, 'shape' | 'voxels'>, threshold: number): Float32Array {
  const [ni, nj, nk] = volume.shape;
  const area = ni * nj;
  return Float32Array.from({ length: nk }, (_, k) => {
    let count = 0;
    for (let at = k * area; at < (k + 1) * area; at++) if (volume.voxels[at] > threshold) count++;
    return count / area;
  });
}

/**
 * Percentiles of the finite values above `above`, as numpy.percentile(method="linear") on float64 gives them; NaN if there
 * are none. Exact, and linear in the number of values: order statistics by counting the values' upper and lower 16 bits.
 * @param percents 0..100
 */
export function percentiles(
  values: Float32Array,
  percents: readonly number[],
  above = Number.NEGATIVE_INFINITY,
): number[] {
  const upper = countUpperHalves(values, above);
  const count = upper.reduce((sum, n) => sum + n, 0);
  if (count === 0) return percents.map(() => Number.NaN);
  const positions = percents.map((percent) => (percent / 100) * (count - 1));
  const ranks = [
    ...new Set(positions.flatMap((p) => [Math.floor(p), Math.min(Math.floor(p) + 1, count - 1)])),
  ];
  const value = orderStatistics(values, above, upper, ranks);
  return positions.map((position) => {
    const rank = Math.floor(position);
    const a = value.get(rank)!;
    const b = value.get(Math.min(rank + 1, count - 1))!;
    const t = position - rank;
    // numpy's lerp, which is exact at both ends.
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
  });
}

/** Unsigned integers that sort as the floats do. */
function sortable(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

function fromSortable(key: number): number {
  const bits = new Uint32Array([key & 0x80000000 ? key & 0x7fffffff : ~key]);
  return new Float32Array(bits.buffer)[0];
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function countUpperHalves(values: Float32Array, above: number): Uint32Array {
  const bits = bitsOf(values);
  const counts = new Uint32Array(1 << 16);
  for (let n = 0; n < values.length; n++) {
    const value = values[n];
    // Finite: value - value is 0, and NaN otherwise.
    if (value - value === 0 && value > above) counts[sortable(bits[n]) >>> 16]++;
  }
  return counts;
}

function orderStatistics(
  values: Float32Array,
  above: number,
  upper: Uint32Array,
  ranks: readonly number[],
): Map<number, number> {
  // The upper half under which each rank falls, and the rank among the values that share it.
  const places = ranks.map((rank) => {
    let left = rank;
    let half = 0;
    while (left >= upper[half]) left -= upper[half++];
    return { rank, half, left };
  });
  const lower = new Map(places.map(({ half }) => [half, new Uint32Array(1 << 16)]));
  const bits = bitsOf(values);
  const wanted = new Uint8Array(1 << 16);
  for (const half of lower.keys()) wanted[half] = 1;
  for (let n = 0; n < values.length; n++) {
    const key = sortable(bits[n]);
    if (wanted[key >>> 16] && values[n] > above) lower.get(key >>> 16)![key & 0xffff]++;
  }
  return new Map(
    places.map(({ rank, half, left }) => {
      const counts = lower.get(half)!;
      let low = 0;
      for (let rest = left; rest >= counts[low]; low++) rest -= counts[low];
      return [rank, fromSortable(((half << 16) | low) >>> 0)];
    }),
  );
}
