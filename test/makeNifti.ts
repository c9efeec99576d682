/** NIfTI files for tests, written field by field from nifti1.h and nifti2.h and independent of src/volume's own writer. */
import { gzipSync } from 'node:zlib';

export type NiftiType =
  | 'uint8'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

export interface NiftiRecipe {
  /** dim[1..]; product = number of values. */
  dims: number[];
  /** First axis fastest, as stored (before slope and intercept). */
  values: ArrayLike<number>;
  type?: NiftiType;
  version?: 1 | 2;
  bigEndian?: boolean;
  /** pixdim[0..]; [0] is qfac. Default 1, or the sform's own sizes. */
  pixdim?: number[];
  slope?: number;
  intercept?: number;
  /** Rows of the sform; absent: sform_code 0. */
  sform?: number[][];
  sformCode?: number;
  /** Quaternion b, c, d and offset x, y, z; absent: qform_code 0. */
  qform?: { b: number; c: number; d: number; x: number; y: number; z: number; code?: number };
  descrip?: string;
  /** Bytes of one extension (a multiple of 16 less 8). */
  extension?: Uint8Array;
  /** true: header only, magic ni1/ni2, and the voxels apart as `image`. */
  pair?: boolean;
}

const CODES: Record<NiftiType, [code: number, bytes: number]> = {
  uint8: [2, 1],
  int16: [4, 2],
  int32: [8, 4],
  float32: [16, 4],
  float64: [64, 8],
  int8: [256, 1],
  uint16: [512, 2],
  uint32: [768, 4],
  int64: [1024, 8],
  uint64: [1280, 8],
};

/** The file (or the .hdr) and the voxels' own bytes. */
export function makeNifti(recipe: NiftiRecipe): { file: ArrayBuffer; image: ArrayBuffer } {
  const { dims, type = 'float32', version = 1, pair = false } = recipe;
  const little = !recipe.bigEndian;
  const [code, bytes] = CODES[type];
  const headerSize = version === 1 ? 348 : 540;
  const extensionSize = recipe.extension ? recipe.extension.length + 8 : 0;
  const offset = pair ? 0 : headerSize + 4 + extensionSize;
  const file = new ArrayBuffer(pair ? headerSize : offset + recipe.values.length * bytes);
  const image = new ArrayBuffer(recipe.values.length * bytes);
  const view = new DataView(file);
  const text = (at: number, value: string) =>
    [...value].forEach((c, n) => {
      view.setUint8(at + n, c.charCodeAt(0));
    });
  const real = (at: number, value: number) =>
    version === 1 ? view.setFloat32(at, value, little) : view.setFloat64(at, value, little);
  const dim = [dims.length, ...dims];
  const pixdim = recipe.pixdim ?? sizesOf(recipe.sform);
  const word = version === 1 ? 4 : 8;
  view.setInt32(0, headerSize, little);
  for (let n = 0; n < 8; n++) {
    if (version === 1) view.setInt16(40 + 2 * n, dim[n] ?? 1, little);
    else view.setBigInt64(16 + 8 * n, BigInt(dim[n] ?? 1), little);
    real((version === 1 ? 76 : 104) + word * n, pixdim[n] ?? 1);
  }
  view.setInt16(version === 1 ? 70 : 12, code, little);
  view.setInt16(version === 1 ? 72 : 14, bytes * 8, little);
  if (version === 1) view.setFloat32(108, offset, little);
  else view.setBigInt64(168, BigInt(offset), little);
  real(version === 1 ? 112 : 176, recipe.slope ?? 1);
  real(version === 1 ? 116 : 184, recipe.intercept ?? 0);
  text(version === 1 ? 148 : 240, recipe.descrip ?? '');
  const setCode = (at: number, value: number) =>
    version === 1 ? view.setInt16(at, value, little) : view.setInt32(at, value, little);
  const { qform, sform } = recipe;
  if (qform) {
    setCode(version === 1 ? 252 : 344, qform.code ?? 1);
    [qform.b, qform.c, qform.d, qform.x, qform.y, qform.z].forEach((value, n) => {
      real((version === 1 ? 256 : 352) + word * n, value);
    });
  }
  if (sform) {
    setCode(version === 1 ? 254 : 348, recipe.sformCode ?? 1);
    sform
      .slice(0, 3)
      .flat()
      .forEach((value, n) => {
        real((version === 1 ? 280 : 400) + word * n, value);
      });
  }
  text(version === 1 ? 344 : 4, `n${pair ? 'i' : '+'}${version}\0${version === 2 ? '\r\n\x1a\n' : ''}`);
  if (recipe.extension) {
    view.setUint8(headerSize, 1);
    view.setInt32(headerSize + 4, extensionSize, little);
    view.setInt32(headerSize + 8, 6, little);
    new Uint8Array(file).set(recipe.extension, headerSize + 12);
  }
  writeValues(new DataView(image), recipe.values, type, little);
  if (!pair) new Uint8Array(file).set(new Uint8Array(image), offset);
  return { file, image };
}

function sizesOf(sform: number[][] | undefined): number[] {
  if (!sform) return [];
  return [1, ...[0, 1, 2].map((column) => Math.hypot(...sform.slice(0, 3).map((row) => row[column])))];
}

/** The bytes, gzipped. */
export function gzipped(bytes: ArrayBuffer): ArrayBuffer {
  const packed = gzipSync(new Uint8Array(bytes));
  return new Uint8Array(packed).buffer;
}

/**
 * A head-like phantom, 0..1000, first axis fastest, i to the right, j to the front, k upwards: a bright rim of scalp, dark
 * skull, brain with lighter inside, two dark ventricles and, on the right side only, a bright spot, so that flips show.
 */
export function headPhantom([ni, nj, nk]: readonly [number, number, number]): Float32Array {
  const voxels = new Float32Array(ni * nj * nk);
  const ball = (x: number, y: number, z: number, r: number) => x * x + y * y + z * z < r * r;
  let at = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++) {
        // -1..1 over the volume; the head is longer than wide.
        const x = ((2 * i + 1) / ni - 1) / 0.72;
        const y = ((2 * j + 1) / nj - 1) / 0.88;
        const z = ((2 * k + 1) / nk - 1) / 1.2;
        let value = 0;
        if (ball(x, y, z, 1)) value = 900;
        if (ball(x, y, z, 0.92)) value = 120;
        if (ball(x, y, z, 0.84)) value = 480;
        if (ball(x, y, z, 0.66)) value = 640;
        if (ball(Math.abs(x) - 0.14, y, z, 0.12)) value = 160;
        if (ball(x - 0.4, y - 0.25, z, 0.12)) value = 850;
        voxels[at++] = value;
      }
    }
  }
  return voxels;
}

function writeValues(view: DataView, values: ArrayLike<number>, type: NiftiType, little: boolean): void {
  const size = CODES[type][1];
  const write: Record<NiftiType, (at: number, value: number) => void> = {
    uint8: (at, v) => view.setUint8(at, v),
    int8: (at, v) => view.setInt8(at, v),
    int16: (at, v) => view.setInt16(at, v, little),
    uint16: (at, v) => view.setUint16(at, v, little),
    int32: (at, v) => view.setInt32(at, v, little),
    uint32: (at, v) => view.setUint32(at, v, little),
    int64: (at, v) => view.setBigInt64(at, BigInt(v), little),
    uint64: (at, v) => view.setBigUint64(at, BigInt(v), little),
    float32: (at, v) => view.setFloat32(at, v, little),
    float64: (at, v) => view.setFloat64(at, v, little),
  };
  for (let n = 0; n < values.length; n++) write[type](n * size, values[n]);
}
