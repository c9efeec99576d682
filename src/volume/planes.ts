/** How a canonical (RAS+) volume is walked in the three anatomical planes: the one place that says how each lies on the screen. */
import { BadRequest } from '../errors';
import type { Image3, Shape3 } from './image';

export const PLANES = ['axial', 'coronal', 'sagittal'] as const;
export type Plane = (typeof PLANES)[number];

/** Directions of the patient at an image's edges: L or R, A or P, S or I. */
export interface EdgeLetters {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

/**
 * Pixel (x, y) of slice n is voxel `start + x * step[0] + y * step[1] + n * step[2]` of the voxels, i fastest. x goes to the
 * right of the screen and y upwards, so row 0 of a slice is its bottom row.
 */
export interface PlaneView {
  readonly plane: Plane;
  /** Number of slices. */
  readonly count: number;
  /** Pixels of a slice. */
  readonly width: number;
  readonly height: number;
  /** mm per pixel, [x, y]. */
  readonly spacing: readonly [number, number];
  readonly start: number;
  readonly step: Shape3;
  readonly edges: EdgeLetters;
}

/** Directions of the patient about a plane's slices. */
export const PLANE_EDGES: Record<Plane, EdgeLetters> = {
  axial: { left: 'L', right: 'R', top: 'A', bottom: 'P' },
  coronal: { left: 'L', right: 'R', top: 'S', bottom: 'I' },
  sagittal: { left: 'A', right: 'P', top: 'S', bottom: 'I' },
};

/** Voxel axes along x, y and the slices; sagittal slices show the front of the head to the left, as in DICOM. */
const WALKS: Record<Plane, { axes: Shape3; isReversed: boolean }> = {
  axial: { axes: [0, 1, 2], isReversed: false },
  coronal: { axes: [0, 2, 1], isReversed: false },
  sagittal: { axes: [1, 2, 0], isReversed: true },
};

export function planeView({ shape, zooms }: Pick<Image3, 'shape' | 'zooms'>, plane: Plane): PlaneView {
  const { axes, isReversed } = WALKS[plane];
  const [x, y, n] = axes;
  const stride = [1, shape[0], shape[0] * shape[1]];
  return {
    plane,
    count: shape[n],
    width: shape[x],
    height: shape[y],
    spacing: [zooms[x], zooms[y]],
    start: isReversed ? (shape[x] - 1) * stride[x] : 0,
    step: [isReversed ? -stride[x] : stride[x], stride[y], stride[n]],
    edges: PLANE_EDGES[plane],
  };
}

/**
 * A copy of slice n: width*height, x fastest, row 0 at the bottom.
 * @throws BadRequest for a slice that is not there
 */
export function takeSlice(voxels: Float32Array, view: PlaneView, n: number): Float32Array {
  const { width, height, start, step } = view;
  checkSlice(view, n);
  const first = start + n * step[2];
  // Neighbours in the slice are neighbours in memory.
  if (step[0] === 1 && step[1] === width) return voxels.slice(first, first + width * height);
  const pixels = new Float32Array(width * height);
  eachPixel(view, n, (voxel, pixel) => {
    pixels[pixel] = voxels[voxel];
  });
  return pixels;
}

/** Writes what `takeSlice` gives. @throws BadRequest for a slice that is not there or of another size */
export function putSlice(voxels: Float32Array, view: PlaneView, n: number, pixels: Float32Array): void {
  const { width, height, plane, start, step } = view;
  if (pixels.length !== width * height)
    throw new BadRequest(
      `${plane} slice: must have ${width} x ${height} pixels, got ${pixels.length}; use the volume's own grid`,
    );
  checkSlice(view, n);
  if (step[0] === 1 && step[1] === width) voxels.set(pixels, start + n * step[2]);
  else
    eachPixel(view, n, (voxel, pixel) => {
      voxels[voxel] = pixels[pixel];
    });
}

/** Which of the voxels lies under pixel (x, y) of slice n, and its [i, j, k]; null outside of the volume. */
export function voxelUnder(
  { count, width, height, start, step }: PlaneView,
  [ni, nj]: Shape3,
  { x, y, n }: { x: number; y: number; n: number },
): { at: number; voxel: [i: number, j: number, k: number] } | null {
  if (x < 0 || y < 0 || n < 0 || x >= width || y >= height || n >= count) return null;
  const at = start + x * step[0] + y * step[1] + n * step[2];
  return { at, voxel: [at % ni, Math.floor(at / ni) % nj, Math.floor(at / (ni * nj))] };
}

function checkSlice({ plane, count }: PlaneView, n: number): void {
  if (!(Number.isInteger(n) && n >= 0 && n < count))
    throw new BadRequest(`${plane} slice: must be 0 to ${count - 1}, got ${n}; choose a slice of the volume`);
}

function eachPixel(view: PlaneView, n: number, visit: (voxel: number, pixel: number) => void): void {
  const { width, height, start, step } = view;
  let pixel = 0;
  for (let y = 0; y < height; y++) {
    let voxel = start + y * step[1] + n * step[2];
    for (let x = 0; x < width; x++, voxel += step[0]) visit(voxel, pixel++);
  }
}
