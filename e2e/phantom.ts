/** Scans made in code: a head phantom, stored as scanners often do (LPS, oblique), so that a lost flip or affine shows. */
import { headPhantom, makeNifti, type NiftiType } from '../test/makeNifti';

/** What Playwright's file chooser and our own drops take. */
export interface TestFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export type Shape = readonly [number, number, number];

export const SHAPE: Shape = [64, 72, 12];
/** A run over it by a slow model outlasts what a test does in the middle of it, also where the page is slower than the engine. */
export const LONG_SHAPE: Shape = [64, 72, 48];
/** mm. */
const ZOOMS = [3, 3, 6] as const;
/** The slab is tilted about the left-right axis, rad. */
const TILT = 0.14;
const OFFSET = [90, 105, -30] as const;

interface ScanOptions {
  shape?: Shape;
  /** int16 is stored with a slope and an intercept. */
  type?: NiftiType;
  /** Makes another image of the same head. */
  change?: (value: number) => number;
  /** How many times the same head, in a file of so many volumes. */
  volumes?: number;
  /** mm, moves the grid. */
  offset?: readonly [number, number, number];
}

/** Axes stored to the left, to the back and upwards; sform and qform say the same, under different codes. */
export function headScan(name: string, options: ScanOptions = {}): TestFile {
  const {
    shape = SHAPE,
    type = 'float32',
    change = (value) => value,
    volumes = 1,
    offset = OFFSET,
  } = options;
  const [slope, intercept] = type === 'int16' ? [0.5, -10] : [1, 0];
  const values = leftPosterior(headPhantom(shape), shape).map((value) => (change(value) - intercept) / slope);
  const cos = Math.cos(TILT);
  const sin = Math.sin(TILT);
  const { file } = makeNifti({
    dims: volumes > 1 ? [...shape, volumes] : [...shape],
    values: Array.from({ length: volumes }, () => [...values]).flat(),
    type,
    slope,
    intercept,
    pixdim: [1, ...ZOOMS],
    sform: [
      [-ZOOMS[0], 0, 0, offset[0]],
      [0, -ZOOMS[1] * cos, -ZOOMS[2] * sin, offset[1]],
      [0, -ZOOMS[1] * sin, ZOOMS[2] * cos, offset[2]],
    ],
    sformCode: 1,
    // A half turn about z, then the tilt about x.
    qform: {
      b: 0,
      c: -Math.sin(TILT / 2),
      d: Math.cos(TILT / 2),
      x: offset[0],
      y: offset[1],
      z: offset[2],
      code: 2,
    },
    descrip: 'phantom',
  });
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(file) };
}

/** RAS voxels as LPS ones. */
function leftPosterior(voxels: Float32Array, [ni, nj, nk]: Shape): Float32Array {
  return voxels.map((_, at) => {
    const i = at % ni;
    const j = Math.floor(at / ni) % nj;
    const k = Math.floor(at / (ni * nj)) % nk;
    return voxels[ni - 1 - i + ni * (nj - 1 - j + nj * k)];
  });
}
