/** Writes a volume where its source was: the source's own header, with what describes the voxels replaced. */
import { gzip } from '../../gzip';
import type { Affine, Shape3 } from '../../image';
import { displayRange } from '../../intensity';
import type { Orientation } from '../../orientation';
import type { WriteOptions } from '../scanFormat';
import { checkVoxels, int16Slope, STORED_BYTES, storedPieces } from '../storedVoxels';
import { LAYOUT } from './version';

/** The file as it was. */
export interface StoredHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** The header's own bytes (348 or 540) as read. */
  readonly bytes: Uint8Array;
  /** Stored dimensions of the chosen volume, before reorientation. */
  readonly shape: Shape3;
  readonly affine: Affine;
  readonly dtype: string;
}

/** What a written file takes of its source. */
export interface NiftiPlace {
  readonly header: StoredHeader;
  readonly orientation: Orientation;
}

const TYPE_CODE = { float32: 16, int16: 4 } as const;

/** Byte positions of what is replaced: nifti1.h, nifti2.h. */
const FIELDS = {
  1: { datatype: 70, dim: 40, voxOffset: 108, slope: 112, calMax: 124, calMin: 128, descrip: 148 },
  2: { datatype: 12, dim: 16, voxOffset: 168, slope: 176, calMax: 192, calMin: 200, descrip: 240 },
} as const;

const MAGIC = { 1: 'n+1\0', 2: 'n+2\0\r\n\x1a\n' } as const;

/**
 * Piece by piece, a single-file .nii.gz in the source's byte order and NIfTI version with its stored shape, affine, qform and sform.
 * Replaced: dim (to the one volume), datatype, bitpix, vox_offset, scl_*, cal_* (0.5th to 99.5th percentile), descrip,
 * magic. Every other byte of the header is the source's; extensions are dropped, since they describe other voxels.
 *
 * @param canonicalVoxels as `Image3.voxels`; several make a 4-D file with one volume each
 */
export async function* niftiChunks(
  { header, orientation }: NiftiPlace,
  canonicalVoxels: Float32Array | readonly Float32Array[],
  options: WriteOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const volumes = canonicalVoxels instanceof Float32Array ? [canonicalVoxels] : canonicalVoxels;
  for (const voxels of volumes) checkVoxels(voxels, header.shape, orientation);
  const { dtype, units, pause } = options;
  const slope = dtype === 'int16' && units !== 'HU' ? int16Slope(volumes) : 1;
  const how = { dtype, slope, littleEndian: header.littleEndian };
  const bytes = volumes.reduce((sum, { length }) => sum + length * STORED_BYTES[dtype], 0);
  async function* parts() {
    yield makeHeader(header, volumes, options, slope);
    let written = 0;
    for (const voxels of volumes)
      for (const piece of storedPieces(voxels, header.shape, orientation, how)) {
        yield piece;
        written += piece.length;
        await pause?.(written / bytes);
      }
  }
  yield* gzip(parts());
}

function makeHeader(
  header: StoredHeader,
  volumes: readonly Float32Array[],
  { dtype, descrip }: WriteOptions,
  slope: number,
): Uint8Array {
  const { version, littleEndian } = header;
  const { single, magic } = LAYOUT[version];
  const fields = FIELDS[version];
  const bytes = new Uint8Array(single);
  bytes.set(header.bytes);
  const view = new DataView(bytes.buffer);
  const real = (at: number, value: number) =>
    version === 1 ? view.setFloat32(at, value, littleEndian) : view.setFloat64(at, value, littleEndian);
  const dim = (n: number, value: number) =>
    version === 1
      ? view.setInt16(fields.dim + 2 * n, value, littleEndian)
      : view.setBigInt64(fields.dim + 8 * n, BigInt(value), littleEndian);
  const stored =
    version === 1
      ? view.getInt16(fields.dim, littleEndian)
      : Number(view.getBigInt64(fields.dim, littleEndian));
  dim(0, volumes.length > 1 ? 4 : Math.min(stored, 3));
  for (let n = 4; n < 8; n++) dim(n, 1);
  if (volumes.length > 1) {
    // Unset where the source is two-dimensional.
    dim(3, header.shape[2]);
    dim(4, volumes.length);
  }
  view.setInt16(fields.datatype, TYPE_CODE[dtype], littleEndian);
  view.setInt16(fields.datatype + 2, 8 * STORED_BYTES[dtype], littleEndian);
  if (version === 1) view.setFloat32(fields.voxOffset, single, littleEndian);
  else view.setBigInt64(fields.voxOffset, BigInt(single), littleEndian);
  real(fields.slope, slope);
  real(fields.slope + (version === 1 ? 4 : 8), 0);
  // The last volume of a series is its result.
  const { low, high } = displayRange(volumes[volumes.length - 1]);
  real(fields.calMin, low);
  real(fields.calMax, high);
  bytes.fill(0, fields.descrip, fields.descrip + 80);
  writeAscii(bytes, fields.descrip, descrip.slice(0, 79));
  writeAscii(bytes, magic, MAGIC[version]);
  return bytes;
}

function writeAscii(bytes: Uint8Array, at: number, text: string): void {
  for (let n = 0; n < text.length; n++) bytes[at + n] = text.charCodeAt(n) < 128 ? text.charCodeAt(n) : 63;
}
