/**
 * Intensities to and from the model's [-1, 1]. Percentiles are numpy's (method "linear", float64), taken over finite
 * voxels only; foreground = voxels above 10 % of the volume's 99.9th percentile, of CT those above -500 HU. Where a few voxels are
 * far brighter than all others, or none is dark, it is sought without them or above the darkest (`relativeThreshold`).
 */
import { check, choose, each, type Infer, object, oneOf, optional } from '../schema';
import type { Image3 } from './image';
import { type Tally, untallied } from './tally';

/**
 * `foreground-p99.5`: 0 = -1, 99.5th percentile of the foreground = +1. `foreground-median`: 0 = -1, three times its median = +1.
 * `hu`: Hounsfield units between two fixed ends.
 */
export const INTENSITY_MAPS = ['foreground-p99.5', 'foreground-median', 'hu'] as const;
export type IntensityMap = (typeof INTENSITY_MAPS)[number];
/** Maps of arbitrary units, which find their upper end in each scan. */
export type RelativeMap = Exclude<IntensityMap, 'hu'>;

const INTENSITY_MAP = oneOf(INTENSITY_MAPS);

/** One map for both contrasts, or one each. */
export function mapOrMaps<const K extends string>(contrasts: readonly K[]) {
  const maps = each(contrasts, INTENSITY_MAP);
  return choose<IntensityMap | Record<K, IntensityMap>>((value) =>
    typeof value === 'object' ? maps : INTENSITY_MAP,
  );
}

/** HU that the map `hu` sends to -1 and +1. */
export const HU_ENDS_FIELD = optional(
  check<readonly [number, number]>(
    'two numbers that rise',
    (value) =>
      Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
  ),
);

/** What a model's card says of intensities. */
export const MODEL_INTENSITY = object({
  intensity: mapOrMaps(['source', 'target']),
  /** Absent: [-1024, 2048]. */
  huEnds: HU_ENDS_FIELD,
});
export type ModelIntensity = Infer<typeof MODEL_INTENSITY>;

/** The ends of `hu` where a card names none: air, and above all bone of a head. */
const HU_ENDS: readonly [number, number] = [-1024, 2048];

/** HU: between air and fat, so that it tells a body from what surrounds it. */
const BODY_HU = -500;

/** One scan's map, in the scan's units: `low` goes to -1, `high` to +1. */
export interface IntensityFrame {
  readonly map: IntensityMap;
  readonly low: number;
  readonly high: number;
}

/** Whether values mean the same in every scan. */
export function isAbsolute(map: IntensityMap): map is 'hu' {
  return map === 'hu';
}

/** The map of a contrast (BIDS suffix): CT is in Hounsfield units, all others in arbitrary ones. */
export function mapOfContrast(suffix: string, otherwise: IntensityMap): IntensityMap {
  return suffix === 'CT' ? 'hu' : otherwise;
}

/** Percentiles of a volume's finite voxels that many questions rest on, found together; NaN where no voxel is finite. */
export interface VoxelLevels {
  readonly min: number;
  readonly p0_5: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99_5: number;
  readonly p99_9: number;
  readonly max: number;
}

export function voxelLevels(voxels: Float32Array | Tally): VoxelLevels {
  const [min, p0_5, p75, p95, p99_5, p99_9, max] = percentiles(voxels, [0, 0.5, 75, 95, 99.5, 99.9, 100]);
  return { min, p0_5, p75, p95, p99_5, p99_9, max };
}

/** HU: soft tissue and bone, which at least a quarter and a twentieth of a scan's voxels never exceed. */
const SOFT_HU = 300;
const BONE_HU = 1500;

/**
 * As in CT, whose air is far below 0: at least 0.5 % of the voxels lie below -500, and these are no less than 16 bits can hold; some
 * lie above water (0), and few are as dense as bone. Phase and inverted images have such values as well, but spread otherwise.
 */
export function looksLikeHu({ p0_5, p75, p95, p99_5 }: HuRanks): boolean {
  return p0_5 < BODY_HU && p0_5 >= -32768 && p75 < SOFT_HU && p95 < BONE_HU && p99_5 > 0;
}

export type HuRanks = Pick<VoxelLevels, 'p0_5' | 'p75' | 'p95' | 'p99_5'>;

/** Above this a voxel is foreground; -Infinity if no voxel is finite. Where no map is given, values tell whether they are HU. */
export function foregroundThreshold(voxels: Float32Array, map?: IntensityMap): number {
  return map === 'hu' ? BODY_HU : thresholdOfLevels(voxelLevels(voxels), map);
}

/** `foregroundThreshold` where the levels are known. */
export function thresholdOfLevels(levels: VoxelLevels, map?: IntensityMap): number {
  if (map === 'hu' || (map === undefined && looksLikeHu(levels))) return BODY_HU;
  return relativeThreshold(levels);
}

type Ranks = Pick<VoxelLevels, 'p0_5' | 'p99_5' | 'p99_9'>;

/** Less than this share of the 99.9th percentile is no image beside hot voxels, but what interpolation leaves of nothing. */
const LEAST_IMAGE = 1e-4;

/** The brightest voxels, less than 0.5 % of all, are ten times and more brighter than all others: no tissue, in no contrast. */
export function hasHotVoxels({ p99_5, p99_9 }: Pick<VoxelLevels, 'p99_5' | 'p99_9'>): boolean {
  return p99_5 < 0.1 * p99_9 && p99_5 > LEAST_IMAGE * p99_9;
}

/** Above 10 % of the brightest voxel but for hot ones; counted from the darkest one, where no voxel is dark. */
function relativeThreshold({ p0_5, p99_5, p99_9 }: Ranks): number {
  if (Number.isNaN(p99_9)) return Number.NEGATIVE_INFINITY;
  const brightest = hasHotVoxels({ p99_5, p99_9 }) ? p99_5 : p99_9;
  const isDark = !(p0_5 > 0.1 * brightest && p0_5 < brightest);
  return isDark ? 0.1 * brightest : p0_5 + 0.1 * (brightest - p0_5);
}

/**
 * A scan's frame. Of a map in arbitrary units `high` is 1 where the volume has no foreground or no positive one (all zero, all
 * negative): the whole image then maps to -1.
 */
export function intensityFrame(
  voxels: Float32Array,
  map: IntensityMap,
  huEnds?: ModelIntensity['huEnds'],
): IntensityFrame {
  if (isAbsolute(map)) return huFrame(huEnds);
  const [p0_5, p99_5, p99_9] = percentiles(voxels, [0.5, 99.5, 99.9]);
  return relativeFrames(voxels, { p0_5, p99_5, p99_9 })[map];
}

/** A scan's frames of all maps in arbitrary units, which share their foreground; hot voxels are none of it. */
export function relativeFrames(
  voxels: Float32Array | Tally,
  levels: Ranks,
): Record<RelativeMap, IntensityFrame> {
  const ceiling = hasHotVoxels(levels) ? 0.1 * levels.p99_9 : Number.POSITIVE_INFINITY;
  const [median, p99_5] = percentiles(voxels, [50, 99.5], relativeThreshold(levels), ceiling);
  const frame = (map: RelativeMap, high: number) => ({ map, low: 0, high: high > 0 ? high : 1 });
  return {
    'foreground-p99.5': frame('foreground-p99.5', p99_5),
    'foreground-median': frame('foreground-median', 3 * median),
  };
}

/** Hounsfield units between the ends that a card names, if it does. */
export function huFrame([low, high]: readonly [number, number] = HU_ENDS): IntensityFrame {
  return { map: 'hu', low, high };
}

/** The maps of the two contrasts. */
export function intensityMaps({
  intensity,
}: Pick<ModelIntensity, 'intensity'>): Record<'source' | 'target', IntensityMap> {
  return typeof intensity === 'string' ? { source: intensity, target: intensity } : intensity;
}

/** What is made in arbitrary units of a scan in absolute ones: +1 is this. */
const ARBITRARY_HIGH = 1000;

/**
 * How a model's maps lie over a scan and over what is made of it: absolute units are themselves, arbitrary ones of the target
 * follow the source's.
 * @param frameOf the scan's own frame of a map
 */
export function modelFrames(
  frameOf: (map: RelativeMap) => IntensityFrame,
  model: ModelIntensity,
): { source: IntensityFrame; target: IntensityFrame } {
  const maps = intensityMaps(model);
  const source = isAbsolute(maps.source) ? huFrame(model.huEnds) : frameOf(maps.source);
  if (isAbsolute(maps.target)) return { source, target: huFrame(model.huEnds) };
  const high = isAbsolute(source.map) ? ARBITRARY_HIGH : source.high;
  return { source, target: { map: maps.target, low: 0, high } };
}

/**
 * The frame of a real scan of the target: absolute units are the same, arbitrary ones are the real scan's own.
 * @param frameOf the real scan's own frame of a map
 */
export function referenceFrame(
  frameOf: (map: RelativeMap) => IntensityFrame,
  target: IntensityFrame,
): IntensityFrame {
  return isAbsolute(target.map) ? target : frameOf(target.map);
}

/** What a slice that was not translated holds: nothing, which in HU is air and not 0 (water). */
export function untranslated({ map, low }: IntensityFrame): number {
  return isAbsolute(map) ? low : 0;
}

type Ends = Pick<IntensityFrame, 'low' | 'high'>;

/** clip((v - low) / (high - low), 0, 1) * 2 - 1; what is not finite counts as `low`. */
export function toModelRange(values: Float32Array, ends: Ends): Float32Array {
  return values.map((value) => clipped(value, ends) * 2 - 1);
}

/** clip((v - low) / (high - low), 0, 1), in which images are scored; what is not finite counts as `low`. */
export function toUnitRange(values: Float32Array, ends: Ends): Float32Array {
  return values.map((value) => clipped(value, ends));
}

function clipped(value: number, { low, high }: Ends): number {
  return Number.isFinite(value) ? Math.min(Math.max((value - low) / (high - low), 0), 1) : 0;
}

/** Inverse of `toModelRange` on [-1, 1], to which values are clipped: result in [low, high]. */
export function fromModelRange(values: Float32Array, { low, high }: Ends): Float32Array {
  return values.map((value) => low + ((Math.min(Math.max(value, -1), 1) + 1) / 2) * (high - low));
}

/** Finite minimum and maximum, and a window that ignores the extremes: 0.5th to 99.5th percentile. Zeros if nothing is finite. */
export function displayRange(voxels: Float32Array): { min: number; max: number; low: number; high: number } {
  return rangeOfLevels(voxelLevels(voxels));
}

/** `displayRange` where the levels are known. */
export function rangeOfLevels({ min, p0_5, p99_5, max }: VoxelLevels): ReturnType<typeof displayRange> {
  const orZero = (value: number) => (Number.isNaN(value) ? 0 : value);
  return { min: orZero(min), max: orZero(max), low: orZero(p0_5), high: orZero(p99_5) };
}

/** Share of foreground pixels of each axial slice, 0..1. */
export function foregroundBySlice(volume: Image3, threshold: number): Float32Array {
  const [ni, nj, nk] = volume.shape;
  const area = ni * nj;
  return Float32Array.from({ length: nk }, (_, k) => {
    let count = 0;
    for (let at = k * area; at < (k + 1) * area; at++) if (volume.voxels[at] > threshold) count++;
    return count / area;
  });
}

/**
 * Percentiles of the finite values above `above` and up to `upTo`, as numpy.percentile(method="linear") on float64 gives them; NaN if there
 * are none. Exact, and linear in the number of values: order statistics by counting the values' upper and lower 16 bits.
 * @param percents 0..100
 */
export function percentiles(
  values: Float32Array | Tally,
  percents: readonly number[],
  above = Number.NEGATIVE_INFINITY,
  upTo = Number.POSITIVE_INFINITY,
): number[] {
  const tally = values instanceof Float32Array ? untallied(values) : values;
  const upper = countUpperHalves(tally, above, upTo);
  const count = upper.reduce((sum, n) => sum + n, 0);
  if (count === 0) return percents.map(() => Number.NaN);
  const positions = percents.map((percent) => (percent / 100) * (count - 1));
  const ranks = [
    ...new Set(positions.flatMap((p) => [Math.floor(p), Math.min(Math.floor(p) + 1, count - 1)])),
  ];
  const value = orderStatistics(tally, { above, upTo }, upper, ranks);
  return positions.map((position) => {
    const rank = Math.floor(position);
    const a = value.get(rank)!;
    const b = value.get(Math.min(rank + 1, count - 1))!;
    const t = position - rank;
    // numpy's lerp, which is exact at both ends.
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
  });
}

/** Of a float's bits as a signed integer: the halves of an unsigned integer that sorts as the floats do. */
const upperHalf = (bits: number) => (bits < 0 ? ~bits >>> 16 : (bits >>> 16) | 0x8000);
const lowerHalf = (bits: number) => (bits < 0 ? ~bits : bits) & 0xffff;

function fromHalves(upper: number, lower: number): number {
  const key = (upper << 16) | lower;
  return new Float32Array(Int32Array.of(key < 0 ? key & 0x7fffffff : ~key).buffer)[0];
}

/** Signed: unsigned ones leave the range of small integers, which is slow. */
function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/** All ones in infinities and NaN alone. */
const EXPONENT = 0x7f800000;

function countUpperHalves({ values, times }: Tally, above: number, upTo: number): Uint32Array {
  const bits = bitsOf(values);
  const counts = new Uint32Array(1 << 16);
  for (let n = 0; n < values.length; n++) {
    const own = bits[n];
    if ((own & EXPONENT) !== EXPONENT && values[n] > above && values[n] <= upTo)
      counts[upperHalf(own)] += times ? times[n] : 1;
  }
  return counts;
}

function orderStatistics(
  { values, times }: Tally,
  { above, upTo }: { above: number; upTo: number },
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
  const halves = [...new Set(places.map(({ half }) => half))];
  const tables = halves.map(() => new Uint32Array(1 << 16));
  // 0: no rank falls there; else one more than the table's number.
  const tableOf = new Uint8Array(1 << 16);
  halves.forEach((half, n) => {
    tableOf[half] = n + 1;
  });
  const bits = bitsOf(values);
  for (let n = 0; n < values.length; n++) {
    const own = bits[n];
    const table = tableOf[upperHalf(own)];
    if (table > 0 && values[n] > above && values[n] <= upTo)
      tables[table - 1][lowerHalf(own)] += times ? times[n] : 1;
  }
  return new Map(
    places.map(({ rank, half, left }) => {
      const counts = tables[tableOf[half] - 1];
      let low = 0;
      for (let rest = left; rest >= counts[low]; low++) rest -= counts[low];
      return [rank, fromHalves(half, low)];
    }),
  );
}
