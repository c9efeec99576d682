/** Voxels as files hold them, in their own order and number type, and as the program does: what all formats share. */
import { BadRequest, UnsupportedFile } from '../../errors';
import type { Shape3 } from '../image';
import { canonicalShape, canonicalSteps, type Orientation } from '../orientation';
import { percent } from '../percent';
import type { VolumeChoice, WriteOptions } from './scanFormat';

/** 645 x 645 x 645: 1 GiB as float32. */
const MOST_VOXELS = 2 ** 28;

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
/** Half of float32's smallest number: what is no larger is rounded to 0. */
const VANISHES = 2 ** -150;

/** Of a voxel as it is written. */
export const STORED_BYTES = { float32: 4, int16: 2 } as const;

/** @throws BadRequest where the file has no such volume */
export function chosenVolumes(
  name: string,
  asked: VolumeChoice | 'all',
  count: number,
): { first: number; count: number } {
  if (asked === 'all') return { first: 0, count };
  const volume = typeof asked === 'function' ? asked(count) : asked;
  if (!(Number.isInteger(volume) && volume >= 0 && volume < count))
    throw new BadRequest(
      count === 1
        ? `${name}: has one volume, number 0, got ${volume}; leave the choice out`
        : `${name}: volume must be 0 to ${count - 1}, got ${volume}; choose one of them`,
    );
  return { first: volume, count: 1 };
}

/** @throws UnsupportedFile for more voxels than memory is asked for */
export function refuseTooMany(name: string, shape: Shape3, volumes: number): void {
  if (shape.reduce((product, n) => product * n, volumes) > MOST_VOXELS)
    throw new UnsupportedFile(
      `${name}: may have up to ${MOST_VOXELS} voxels, got ${shape.join(' x ')} x ${volumes}; downsample or crop it`,
    );
}

/** As a file holds them, in numbers of JavaScript. */
export type StoredNumbers =
  | (Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array)
  | (Float32Array | Float64Array);

/** Bytes of stored slices that are read or made at a time. */
const PIECE = 2 ** 22;
/** The same where neighbours in memory lie in different slices: a line of few voxels takes as long as one of many. */
const SIDEWAYS = { bytes: 2 ** 24, slices: 32 } as const;

/** How many stored slices to read or make at a time, at least one. @param bytes of a stored voxel */
export function slicesAtATime(
  [na, nb, nc]: Shape3,
  { axis }: Pick<Orientation, 'axis'>,
  bytes: number,
): number {
  const fitting = (piece: number) => Math.floor(piece / (na * nb * bytes));
  const sideways = axis[0] === 2 ? Math.min(SIDEWAYS.slices, fitting(SIDEWAYS.bytes)) : 1;
  return Math.min(nc, Math.max(1, sideways, fitting(PIECE)));
}

/** The stored axes, that along which neighbours in memory lie first: a line along it fills a cache line at once, whatever axis it is stored along. */
function axesByMemory([first]: Orientation['axis']): number[] {
  return [first, ...[0, 1, 2].filter((one) => one !== first)];
}

/** Rows after which `placeSlices` yields. */
const ROWS_AT_A_TIME = 2 ** 14;

/**
 * Puts stored slices in their canonical places, slope and intercept applied (in float64, then rounded once). Yields on the way, for those
 * of a scan that is stored from side to side lie all over the volume, and the system clears all of its memory for the first of them.
 * @param voxels all of the volume, canonical, zero until it is filled
 * @param shape as stored, the first axis fastest
 * @param stored whole slices of the third stored axis, from `first` on
 */
export function* placeSlices(
  voxels: Float32Array,
  { shape, slope, intercept }: { shape: Shape3; slope: number; intercept: number },
  { axis, flip }: Orientation,
  stored: StoredNumbers,
  first: number,
): Generator<void> {
  const { start, step } = canonicalSteps(shape, { axis, flip });
  const [na, nb] = shape;
  const counts = [na, nb, stored.length / (na * nb)];
  const [inner, middle, outer] = axesByMemory(axis);
  const from = [1, na, na * nb];
  const scaled = slope !== 1 || intercept !== 0;
  const [stepRead, count] = [from[inner], counts[inner]];
  const row = new Float32Array(count);
  let rows = 0;
  for (let c = 0; c < counts[outer]; c++)
    for (let b = 0; b < counts[middle]; b++) {
      if (++rows % ROWS_AT_A_TIME === 0) yield;
      const read = c * from[outer] + b * from[middle];
      const write = start + first * step[2] + c * step[outer] + b * step[middle];
      if (stepRead === 1 && !scaled) row.set(stored.subarray(read, read + count));
      else
        for (let a = 0, at = read; a < count; a++, at += stepRead)
          row[a] = scaled ? slope * stored[at] + intercept : stored[at];
      // Untouched zeros take no memory, however many a small file unpacks to.
      if (isBlank(row)) continue;
      const isFlipped = step[inner] < 0;
      if (isFlipped) row.reverse();
      voxels.set(row, isFlipped ? write - count + 1 : write);
    }
}

/** Zeros alone, none of them negative. */
function isBlank(row: Float32Array): boolean {
  for (const value of row) if (value !== 0 || Object.is(value, -0)) return false;
  return true;
}

/** Voxels that float32 cannot hold: beyond its range, below its smallest number, and 64-bit integers so large that no float is exact. */
export interface OddNumbers {
  beyond: number;
  vanished: number;
  inexact: number;
}

/** Adds what is among these stored numbers; of types and slopes with which none can be it looks at none. */
export function countOdd(
  odd: OddNumbers,
  { type, slope, intercept }: { type: { name: string }; slope: number; intercept: number },
  stored: ArrayLike<number>,
): void {
  const isBig = type.name.endsWith('int64');
  const isScaled = slope !== 1 || intercept !== 0;
  const mayBeBeyond = Math.abs(slope) > 1e10 || Math.abs(intercept) > 1e30;
  const mayVanish = Math.abs(slope) < 1e-30;
  const isWide = type.name === 'float64' || (type.name === 'float32' && isScaled);
  if (!isBig && !isWide && !mayBeBeyond && !mayVanish) return;
  for (let n = 0; n < stored.length; n++) {
    const value = stored[n];
    if (isBig && Math.abs(value) > Number.MAX_SAFE_INTEGER) odd.inexact++;
    const scaled = Math.abs(slope * value + intercept);
    if (scaled > LARGEST_FLOAT32 && Number.isFinite(value)) odd.beyond++;
    else if (scaled <= VANISHES && scaled > 0) odd.vanished++;
  }
}

export function oddTexts({ beyond, vanished, inexact }: OddNumbers, voxels: number): string[] {
  const some = (count: number) =>
    `${count.toLocaleString('en')} of ${voxels.toLocaleString('en')} voxels (${percent(count / voxels)})`;
  const texts: string[] = [];
  if (beyond > 0)
    texts.push(
      `${some(beyond)} hold numbers beyond float32 (3.4e38), which are no intensities and count as background (0).`,
    );
  if (vanished > 0)
    texts.push(
      `${some(vanished)} hold numbers too small for float32 (below 1.4e-45), which are no intensities and count as 0.`,
    );
  if (inexact > 0)
    texts.push(
      `${some(inexact)} hold integers beyond 2^53, which are no intensities of a scanner and are read as the nearest float32.`,
    );
  return texts;
}

/** @throws BadRequest for canonical voxels that are not those of the stored shape */
export function checkVoxels({ length }: Float32Array, stored: Shape3, orientation: Orientation): void {
  const shape = canonicalShape(stored, orientation);
  const count = shape.reduce((product, n) => product * n, 1);
  if (length !== count)
    throw new BadRequest(
      `voxels: must be ${shape.join(' x ')} = ${count}, got ${length}; pass the whole volume`,
    );
}

/** float32, as the header holds it: the largest magnitude is 32767 steps. */
export function int16Slope(volumes: readonly Float32Array[]): number {
  let largest = 0;
  for (const voxels of volumes)
    for (let at = 0; at < voxels.length; at++) {
      const size = Math.abs(voxels[at]);
      if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
    }
  // Below float32's smallest normal number the slope itself would lose digits.
  return largest === 0 ? 1 : Math.max(Math.fround(largest / 32767), 2 ** -126);
}

/** Canonical voxels as a file holds them, some stored slices at a time: no more of the file is held than that. */
export function* storedPieces(
  voxels: Float32Array,
  stored: Shape3,
  orientation: Orientation,
  { dtype, slope, littleEndian }: { dtype: WriteOptions['dtype']; slope: number; littleEndian: boolean },
): Generator<Uint8Array<ArrayBuffer>> {
  const { start, step } = canonicalSteps(stored, orientation);
  const [na, nb, nc] = stored;
  const bytes = STORED_BYTES[dtype];
  const slices = slicesAtATime(stored, orientation, bytes);
  const [inner, middle, outer] = axesByMemory(orientation.axis);
  const to = [1, na, na * nb];
  for (let first = 0; first < nc; first += slices) {
    const counts = [na, nb, Math.min(slices, nc - first)];
    const count = na * nb * counts[2];
    const piece = dtype === 'float32' ? new Float32Array(count) : new Int16Array(count);
    const [stepRead, stepWrite] = [step[inner], to[inner]];
    for (let c = 0; c < counts[outer]; c++)
      for (let b = 0; b < counts[middle]; b++) {
        let from = start + first * step[2] + c * step[outer] + b * step[middle];
        let at = c * to[outer] + b * to[middle];
        for (let a = 0; a < counts[inner]; a++, from += stepRead, at += stepWrite)
          piece[at] = dtype === 'float32' ? voxels[from] : toInt16(voxels[from], slope);
      }
    const own = new Uint8Array(piece.buffer);
    if (!littleEndian) reverseWords(own, bytes);
    yield own;
  }
}

/** In place: the other byte order. Typed arrays are little-endian on every platform that runs this. */
export function reverseWords(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const kept = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = kept;
    }
  }
}

function toInt16(value: number, slope: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(Math.max(Math.round(value / slope), -32767), 32767);
}
