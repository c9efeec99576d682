/** A NIfTI header, parsed by nifti-reader-js and then held to the rules of nifti1.h / nifti2.h as nibabel holds it. */

import { isNIFTI1, isNIFTI2, NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { CorruptFile, UnsupportedFile } from '../../../errors';
import type { Affine, Shape3 } from '../../image';
import { isUsableAffine } from '../../orientation';
import type { StoredNumbers } from '../storedVoxels';
import { contradictions, isCoded, readSize } from './contradictions';
import { LAYOUT } from './version';

export interface VoxelType {
  /** As numpy calls it, without byte order. */
  name: string;
  bytes: 1 | 2 | 4 | 8;
  /** Numbers in the machine's own (little-endian) order, in the place of the bytes, which begin a buffer. */
  read: (bytes: Uint8Array<ArrayBuffer>) => StoredNumbers;
}

export interface NiftiHeader {
  version: 1 | 2;
  littleEndian: boolean;
  /** true: the voxels are in a separate .img. */
  pair: boolean;
  /** dim[1..dim[0]], as stored. */
  dims: number[];
  /** The first three of them, 1 where absent. */
  shape: Shape3;
  /** Product of dim[4..7]. */
  volumeCount: number;
  /** pixdim[4..] of dims beyond the third. */
  otherZooms: number[];
  type: VoxelType;
  /** First voxel's byte in the file that holds the voxels. */
  voxelOffset: number;
  slope: number;
  intercept: number;
  affine: Affine;
  /** Sentences on fields that contradict nifti1.h and were read as other readers do. */
  remarks: string[];
}

/**
 * 64-bit integers by their halves, in the place of the integers: a BigInt a voxel would take ten times as long, and more memory.
 */
function big(
  { buffer, length }: Uint8Array<ArrayBuffer>,
  High: Int32ArrayConstructor | Uint32ArrayConstructor,
): Float64Array {
  const [low, high] = [new Uint32Array(buffer, 0, length / 4), new High(buffer, 0, length / 4)];
  const numbers = new Float64Array(buffer, 0, length / 8);
  for (let n = 0; n < numbers.length; n++) numbers[n] = high[2 * n + 1] * 2 ** 32 + low[2 * n];
  return numbers;
}

const plain =
  (Numbers: {
    new (buffer: ArrayBuffer, offset: number, length: number): StoredNumbers;
    BYTES_PER_ELEMENT: number;
  }) =>
  ({ buffer, length }: Uint8Array<ArrayBuffer>) =>
    new Numbers(buffer, 0, length / Numbers.BYTES_PER_ELEMENT);

const TYPES: Record<number, VoxelType> = {
  2: { name: 'uint8', bytes: 1, read: plain(Uint8Array) },
  4: { name: 'int16', bytes: 2, read: plain(Int16Array) },
  8: { name: 'int32', bytes: 4, read: plain(Int32Array) },
  16: { name: 'float32', bytes: 4, read: plain(Float32Array) },
  64: { name: 'float64', bytes: 8, read: plain(Float64Array) },
  256: { name: 'int8', bytes: 1, read: plain(Int8Array) },
  512: { name: 'uint16', bytes: 2, read: plain(Uint16Array) },
  768: { name: 'uint32', bytes: 4, read: plain(Uint32Array) },
  1024: { name: 'int64', bytes: 8, read: (bytes) => big(bytes, Int32Array) },
  1280: { name: 'uint64', bytes: 8, read: (bytes) => big(bytes, Uint32Array) },
};

const UNSUPPORTED_TYPES: Record<number, string> = {
  1: 'binary (1 bit)',
  32: 'complex64',
  128: 'RGB colour',
  1536: 'float128',
  1792: 'complex128',
  2048: 'complex256',
  2304: 'RGBA colour',
};

/**
 * @param bytes exactly 348 or 540
 * @throws UnsupportedFile for what is valid but not read here (data type, Analyze), CorruptFile for what contradicts itself
 */
export function parseNiftiHeader(name: string, bytes: Uint8Array): NiftiHeader {
  const version = bytes.length === LAYOUT[2].size ? 2 : 1;
  // The library gets the header alone: it then never walks extensions, whose sizes a damaged file may invent.
  const raw = parse(name, bytes);
  const littleEndian = raw.littleEndian;
  const layout = LAYOUT[version];
  const pair = String.fromCharCode(bytes[layout.magic + 1]) === 'i';
  const remarks: string[] = [];
  const dims = checkedDims(name, raw.dims, remarks);
  const at = (n: number) => dims[n] ?? 1;
  const shape: Shape3 = [at(0), at(1), at(2)];
  const type = checkedType(name, raw.datatypeCode);
  const scaled = Number.isFinite(raw.scl_slope) && raw.scl_slope !== 0;
  const unscaled = unscaledText(raw);
  if (unscaled) remarks.push(unscaled);
  if (scaled && !Number.isFinite(raw.scl_inter))
    throw new CorruptFile(
      `${name}: scl_inter must be finite where scl_slope is set, got ${raw.scl_inter}; export it again`,
    );
  return {
    version,
    littleEndian,
    pair,
    dims,
    shape,
    volumeCount: dims.slice(3).reduce((product, n) => product * n, 1),
    otherZooms: raw.pixDims.slice(4, dims.length + 1),
    type,
    voxelOffset: checkedOffset(name, raw.vox_offset, pair ? 0 : layout.single),
    slope: scaled ? raw.scl_slope : 1,
    intercept: scaled ? raw.scl_inter : 0,
    affine: bestAffine(name, raw, shape, srow(bytes, version, littleEndian), remarks),
    remarks,
  };
}

/** nifti1.h: a slope of 0 says that there is none; some software takes the intercept all the same. */
function unscaledText({ scl_slope: slope, scl_inter: inter }: NIFTI1 | NIFTI2): string | null {
  if (slope === 0)
    return inter === 0 || Number.isNaN(inter)
      ? null
      : `The header's scl_slope is 0 and its scl_inter ${inter}; values are read as stored, with neither.`;
  return Number.isFinite(slope)
    ? null
    : `The header's scl_slope is ${slope}; values are read as stored, without scaling.`;
}

/** As the library's `readHeader`, which would bring its own code for gzip along. */
function parse(name: string, bytes: Uint8Array): NIFTI1 | NIFTI2 {
  const { buffer } = bytes.slice();
  const header = isNIFTI1(buffer, true) ? new NIFTI1() : isNIFTI2(buffer, true) ? new NIFTI2() : null;
  if (!header)
    throw new UnsupportedFile(
      `${name}: must carry NIfTI's magic n+1, ni1, n+2 or ni2, got none (Analyze 7.5?); convert it to NIfTI`,
    );
  try {
    header.readHeader(buffer);
    return header;
  } catch {
    throw new CorruptFile(
      `${name}: its header must be that of a NIfTI file, got a damaged one; export it again`,
    );
  }
}

/** Dimensions beyond the third that are 0 or less count as 1, as in ITK and niftilib. */
function checkedDims(name: string, dim: number[], remarks: string[]): number[] {
  const count = dim[0];
  if (!(count >= 2 && count <= 7))
    throw new CorruptFile(
      `${name}: dim[0], the number of dimensions, must be 2 to 7, got ${count}; export it again`,
    );
  const stored = dim.slice(1, count + 1);
  const dims = stored.map((n, axis) => (axis > 2 && n <= 0 ? 1 : n));
  const odd = stored.findIndex((n, axis) => n !== dims[axis]);
  if (odd >= 0)
    remarks.push(`The header says dim[${odd + 1}] = ${stored[odd]}; it is read as 1, one volume along it.`);
  if (!dims.every((n) => Number.isSafeInteger(n) && n >= 1))
    throw new CorruptFile(
      `${name}: every dimension must be at least 1, got ${dims.join(' x ')}; export it again`,
    );
  return dims;
}

function checkedType(name: string, code: number): VoxelType {
  const type = TYPES[code];
  if (type) return type;
  const known = UNSUPPORTED_TYPES[code];
  throw new UnsupportedFile(
    `${name}: voxels must be plain integers or floats, got ${known ? `data type ${known}` : `unknown data type code ${code}`}; convert it to float32`,
  );
}

function checkedOffset(name: string, offset: number, lowest: number): number {
  if (offset === 0) return lowest;
  if (!(Number.isFinite(offset) && offset >= lowest))
    throw new CorruptFile(`${name}: vox_offset must be at least ${lowest}, got ${offset}; export it again`);
  return Math.trunc(offset);
}

function srow(bytes: Uint8Array, version: 1 | 2, littleEndian: boolean): Affine {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = (n: number) =>
    version === 1
      ? view.getFloat32(LAYOUT[1].srow + 4 * n, littleEndian)
      : view.getFloat64(LAYOUT[2].srow + 8 * n, littleEndian);
  const row = (r: number): [number, number, number, number] => [
    value(4 * r),
    value(4 * r + 1),
    value(4 * r + 2),
    value(4 * r + 3),
  ];
  return [row(0), row(1), row(2), [0, 0, 0, 1]];
}

/**
 * nibabel's get_best_affine: sform if it has a code, else qform if it has one, else voxel sizes about the centre with x
 * to the left. (nifti-reader-js takes whichever code is the higher, so its own affine is not used.) Of an sform that spans
 * nothing nothing could be shown: then the qform, where there is one.
 */
function bestAffine(
  name: string,
  raw: NIFTI1 | NIFTI2,
  shape: Shape3,
  sform: Affine,
  remarks: string[],
): Affine {
  const pixdim = raw.pixDims.slice(1, 4);
  const sizes = pixdim.map(readSize);
  const codes = { sform: raw.sform_code, qform: raw.qform_code };
  const read = isCoded(codes.qform) ? qform(raw, sizes) : null;
  const isOther = read !== null && typeof read !== 'string' && isUsableAffine(read);
  const used =
    isCoded(codes.sform) && (isUsableAffine(sform) || !isOther)
      ? 'sform'
      : isCoded(codes.qform)
        ? 'qform'
        : 'pixdim';
  if (used === 'qform' && typeof read === 'string')
    throw new CorruptFile(
      `${name}: its qform's quaternion must be at most 1 long, got ${read}; set its qform again`,
    );
  const byQform = typeof read === 'string' ? null : read;
  const affine = { sform, qform: byQform, pixdim: bySizes(shape, sizes) }[used];
  if (!affine || !isUsableAffine(affine))
    throw new CorruptFile(
      `${name}: its affine must span three dimensions, got rows ${affine
        ?.slice(0, 3)
        .map((row) => `[${row.join(' ')}]`)
        .join(' ')}; set its sform or qform again`,
    );
  const { pixDims, xyzt_units: xyztUnits } = raw;
  remarks.push(
    ...contradictions({ shape, pixdim, qfac: pixDims[0], xyztUnits, codes, sform, qform: byQform, used }),
  );
  return affine;
}

function bySizes(shape: Shape3, [x, y, z]: readonly number[]): Affine {
  return [
    [-x, 0, 0, (x * (shape[0] - 1)) / 2],
    [0, y, 0, (-y * (shape[1] - 1)) / 2],
    [0, 0, z, (-z * (shape[2] - 1)) / 2],
    [0, 0, 0, 1],
  ];
}

/**
 * nifti1.h, method 2, with nibabel's rule for a quaternion whose length rounding has pushed past 1.
 * @returns the length in words where it is no rotation's
 */
function qform(raw: NIFTI1 | NIFTI2, sizes: number[]): Affine | string {
  const [b, c, d] = [raw.quatern_b, raw.quatern_c, raw.quatern_d];
  const left = 1 - (b * b + c * c + d * d);
  const rounding = 3 * ('qfac' in raw ? 2 ** -23 : 2 ** -52);
  if (!(left > -rounding)) return `b² + c² + d² = ${1 - left}`;
  const a = left < rounding ? 0 : Math.sqrt(left);
  const s = 2 / (a * a + b * b + c * c + d * d);
  const rotation = [
    [1 - s * (c * c + d * d), s * (b * c - a * d), s * (b * d + a * c)],
    [s * (b * c + a * d), 1 - s * (b * b + d * d), s * (c * d - a * b)],
    [s * (b * d - a * c), s * (c * d + a * b), 1 - s * (b * b + c * c)],
  ];
  const [x, y] = sizes;
  const z = raw.pixDims[0] === -1 ? -sizes[2] : sizes[2];
  const row = (r: number, offset: number): [number, number, number, number] => [
    rotation[r][0] * x,
    rotation[r][1] * y,
    rotation[r][2] * z,
    offset,
  ];
  return [row(0, raw.qoffset_x), row(1, raw.qoffset_y), row(2, raw.qoffset_z), [0, 0, 0, 1]];
}
