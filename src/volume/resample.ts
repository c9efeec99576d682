/** Volumes on other grids, by their affines. */
import { BadRequest } from '../errors';
import type { Grid, Image3 } from './image';
import { applyAffine, invertAffine, multiplyAffine, voxelSizes } from './orientation';

/** Corners of the two grids may lie this far apart, in parts of the smallest side of a voxel: a scan read by qform and by sform. */
const SAME_WITHIN = 0.01;

/** Equal shapes, and all eight corner voxels within a hundredth of a voxel of each other. */
export function sameGrid(a: Grid, b: Grid): boolean {
  const apart = gridDistance(a, b);
  return apart !== null && apart <= SAME_WITHIN * Math.min(...voxelSizes(a.affine));
}

/** How far apart corner voxels are at the most, mm; null for grids of other shapes. */
function gridDistance(a: Grid, b: Grid): number | null {
  if (!a.shape.every((n, axis) => n === b.shape[axis])) return null;
  const [ni, nj, nk] = a.shape.map((n) => n - 1);
  const distances = [0, ni].flatMap((i) =>
    [0, nj].flatMap((j) =>
      [0, nk].map((k) => {
        const [p, q] = [applyAffine(a.affine, [i, j, k]), applyAffine(b.affine, [i, j, k])];
        return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
      }),
    ),
  );
  return Math.max(...distances);
}

type NamedGrid = { readonly name: string } & Omit<Image3, 'voxels'>;

/** @throws BadRequest where they differ, saying by how much */
export function needSameGrid(a: NamedGrid, b: NamedGrid): void {
  if (!sameGrid(a, b)) throw otherGrid(a, b);
}

export function otherGrid(a: NamedGrid, b: NamedGrid): BadRequest {
  const apart = gridDistance(a, b);
  const how = apart === null ? '' : `, up to ${Number(apart.toPrecision(2))} mm apart`;
  return new BadRequest(
    `${a.name}, ${b.name}: must lie on the same grid, got ${gridText(a)} and ${gridText(b)}${how}; resample one to the other first`,
  );
}

/** A grid in words, for the message that two differ. */
function gridText({ shape, zooms, affine }: Omit<Image3, 'voxels'>): string {
  const size = zooms.map((zoom) => Number(zoom.toFixed(3))).join(' x ');
  const origin = affine.slice(0, 3).map((row) => Number(row[3].toFixed(2)));
  return `${shape.join(' x ')} of ${size} mm from (${origin.join(', ')})`;
}

/**
 * The volume's values at the target's voxel centres, trilinear: target.shape, i fastest. Up to half a voxel beyond its
 * outermost centres the volume's edge counts, farther out the value is 0. What is not finite counts as 0.
 */
export function resampleToGrid(volume: Image3, target: Grid): Float32Array {
  const [ni, nj, nk] = target.shape;
  const toSource = multiplyAffine(invertAffine(volume.affine), target.affine);
  const out = new Float32Array(ni * nj * nk);
  const read = trilinear(volume);
  let to = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      const [x, y, z] = applyAffine(toSource, [0, j, k]);
      for (let i = 0; i < ni; i++)
        out[to++] = read(x + i * toSource[0][0], y + i * toSource[1][0], z + i * toSource[2][0]);
    }
  }
  return out;
}

/** Value at a voxel position. */
function trilinear({ shape, voxels }: Image3): (x: number, y: number, z: number) => number {
  const [ni, nj, nk] = shape;
  const plane = ni * nj;
  const at = (index: number) => (Number.isFinite(voxels[index]) ? voxels[index] : 0);
  const inside = (position: number, count: number) =>
    position >= -0.5 - 1e-6 && position <= count - 0.5 + 1e-6;
  const held = (position: number, count: number) => {
    const near = Math.round(position);
    // Affine algebra leaves 1e-13: on a voxel centre the voxel itself is meant.
    const exact = Math.abs(position - near) < 1e-6 ? near : position;
    return Math.min(Math.max(exact, 0), count - 1);
  };
  return (px, py, pz) => {
    if (!(inside(px, ni) && inside(py, nj) && inside(pz, nk))) return 0;
    const x = held(px, ni);
    const y = held(py, nj);
    const z = held(pz, nk);
    const i = Math.floor(x);
    const j = Math.floor(y);
    const k = Math.floor(z);
    const [u, v, w] = [x - i, y - j, z - k];
    const base = i + ni * j + plane * k;
    // On the last voxel the next one has weight 0; reading the voxel itself keeps within the array.
    const di = u > 0 ? 1 : 0;
    const dj = v > 0 ? ni : 0;
    const dk = w > 0 ? plane : 0;
    const row = (start: number) => at(start) * (1 - u) + at(start + di) * u;
    const slab = (start: number) => row(start) * (1 - v) + row(start + dj) * v;
    return slab(base) * (1 - w) + slab(base + dk) * w;
  };
}
