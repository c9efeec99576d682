/**
 * Affines and axis orientations as nibabel defines them (nibabel.orientations: io_orientation, apply_orientation).
 */
import type { Affine, Shape3 } from './image';

/** How stored axes became canonical ones: canonical axis a is stored axis `axis[a]`, reversed where `flip[a]`. */
export interface Orientation {
  readonly axis: readonly [number, number, number];
  readonly flip: readonly [boolean, boolean, boolean];
  /** e.g. "LPS": the direction in which each stored axis increases. */
  readonly codes: string;
}

type Matrix3 = number[][];

const CODES = ['RL', 'AP', 'SI'];

/** a * b: first b, then a. */
export function multiplyAffine(a: Affine, b: Affine): Affine {
  return toAffine((row, column) => a[row].reduce((sum, value, at) => sum + value * b[at][column], 0));
}

/** World mm of voxel [i, j, k]. */
export function applyAffine(affine: Affine, voxel: readonly [number, number, number]): Shape3 {
  const [i, j, k] = voxel;
  const [x, y, z] = affine.map((row) => row[0] * i + row[1] * j + row[2] * k + row[3]);
  return [x, y, z];
}

/** Inverse of an affine whose last row is 0 0 0 1. Throws if it is singular. */
export function invertAffine(affine: Affine): Affine {
  const m = linearPart(affine);
  const determinant = determinant3(m);
  if (determinant === 0 || !Number.isFinite(determinant))
    throw new Error(`affine: must be invertible, got determinant ${determinant}`);
  const inverse = transpose3(cofactors(m)).map((row) => row.map((value) => value / determinant));
  const shift = inverse.map((row) => row.reduce((sum, value, column) => sum - value * affine[column][3], 0));
  return toAffine((row, column) =>
    row === 3 ? +(column === 3) : column === 3 ? shift[row] : inverse[row][column],
  );
}

/** mm per voxel along each voxel axis: the lengths of the affine's columns. */
export function voxelSizes(affine: Affine): Shape3 {
  const [x, y, z] = [0, 1, 2].map((c) => Math.hypot(affine[0][c], affine[1][c], affine[2][c]));
  return [x, y, z];
}

/** Whether the three voxel axes span space, judged free of voxel size. */
export function isUsableAffine(affine: Affine): boolean {
  if (!affine.flat().every(Number.isFinite)) return false;
  const sizes = voxelSizes(affine);
  if (sizes.some((size) => size === 0)) return false;
  return Math.abs(determinant3(unitColumns(affine))) > 1e-6;
}

/**
 * The axis permutation and flips that bring stored axes closest to R, A, S.
 *
 * As nibabel.io_orientation: the affine's columns scaled to unit length, the nearest orthogonal matrix to them (the
 * polar factor, which removes shear), then each stored axis, the most decided first, takes the world axis that it follows
 * most closely among those still free. nibabel finds the polar factor by a singular value decomposition; Newton's
 * iteration X <- (X + X^-T)/2 (Higham 1986) converges to the same matrix for every invertible affine.
 */
export function closestCanonical(affine: Affine): Orientation {
  const rotation = polarFactor(unitColumns(affine));
  const decided = (column: number) => Math.max(...rotation.map((row) => row[column] ** 2));
  const axis: [number, number, number] = [0, 1, 2];
  const flip: [boolean, boolean, boolean] = [false, false, false];
  const codes = ['', '', ''];
  const free = new Set([0, 1, 2]);
  for (const stored of [0, 1, 2].sort((a, b) => decided(b) - decided(a))) {
    const world = [...free].reduce((best, candidate) =>
      Math.abs(rotation[candidate][stored]) > Math.abs(rotation[best][stored]) ? candidate : best,
    );
    free.delete(world);
    axis[world] = stored;
    flip[world] = rotation[world][stored] < 0;
    codes[stored] = CODES[world][flip[world] ? 1 : 0];
  }
  return { axis, flip, codes: codes.join('') };
}

/** Shape of the canonical array. */
export function canonicalShape(storedShape: Shape3, orientation: Orientation): Shape3 {
  const [i, j, k] = orientation.axis.map((stored) => storedShape[stored]);
  return [i, j, k];
}

/** Affine of the canonical array: the stored one after the map from canonical to stored voxel indices. */
export function canonicalAffine(affine: Affine, storedShape: Shape3, orientation: Orientation): Affine {
  const fromCanonical = toAffine((stored, column) => {
    if (stored === 3) return +(column === 3);
    const canonical = orientation.axis.indexOf(stored);
    if (column === 3) return orientation.flip[canonical] ? storedShape[stored] - 1 : 0;
    if (column !== canonical) return 0;
    return orientation.flip[canonical] ? -1 : 1;
  });
  return multiplyAffine(affine, fromCanonical);
}

/**
 * Where stored voxel (a, b, c) lies in the canonical array (first axis fastest):
 * start + a*step[0] + b*step[1] + c*step[2].
 */
export function canonicalSteps(
  storedShape: Shape3,
  { axis, flip }: Pick<Orientation, 'axis' | 'flip'>,
): { start: number; step: Shape3 } {
  const [ni, nj] = axis.map((stored) => storedShape[stored]);
  const stride = [1, ni, ni * nj];
  let start = 0;
  const [a, b, c] = storedShape.map((size, stored) => {
    const canonical = axis.indexOf(stored);
    if (!flip[canonical]) return stride[canonical];
    start += (size - 1) * stride[canonical];
    return -stride[canonical];
  });
  return { start, step: [a, b, c] };
}

function toAffine(value: (row: number, column: number) => number): Affine {
  const row = (r: number): [number, number, number, number] => [
    value(r, 0),
    value(r, 1),
    value(r, 2),
    value(r, 3),
  ];
  return [row(0), row(1), row(2), row(3)];
}

function linearPart(affine: Affine): Matrix3 {
  return [0, 1, 2].map((row) => affine[row].slice(0, 3));
}

function unitColumns(affine: Affine): Matrix3 {
  const sizes = voxelSizes(affine);
  return linearPart(affine).map((row) => row.map((value, column) => value / sizes[column]));
}

function polarFactor(matrix: Matrix3): Matrix3 {
  let x = matrix;
  // Quadratic convergence: a handful of steps for any scan, some fifty for a matrix at the edge of singular.
  for (let step = 0; step < 60; step++) {
    const determinant = determinant3(x);
    const adjoint = cofactors(x);
    const next = x.map((row, r) => row.map((value, c) => (value + adjoint[r][c] / determinant) / 2));
    const change = Math.max(...next.flatMap((row, r) => row.map((value, c) => Math.abs(value - x[r][c]))));
    x = next;
    if (change < 1e-15) break;
  }
  return x;
}

/** Cofactor matrix: the inverse's transpose times the determinant. */
function cofactors(m: Matrix3): Matrix3 {
  return [0, 1, 2].map((r) => {
    const [r1, r2] = [(r + 1) % 3, (r + 2) % 3];
    return [0, 1, 2].map((c) => {
      const [c1, c2] = [(c + 1) % 3, (c + 2) % 3];
      return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
    });
  });
}

function determinant3(m: Matrix3): number {
  const [a, b, c] = cofactors(m)[0];
  return m[0][0] * a + m[0][1] * b + m[0][2] * c;
}

function transpose3(m: Matrix3): Matrix3 {
  return [0, 1, 2].map((row) => m.map((r) => r[row]));
}
