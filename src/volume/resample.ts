/** Volumes on other grids, by their affines. */
import type { Grid, Image3 } from './image';
import { applyAffine, invertAffine, multiplyAffine } from './orientation';

/** Corners of the two grids may lie this far apart, mm: far below a voxel, far above float32 rounding. */
const SAME_WITHIN_MM = 1e-3;

/** Equal shapes, and all eight corner voxels within 1e-3 mm of each other. */
export function sameGrid(a: Grid, b: Grid): boolean {
  if (!a.shape.every((n, axis) => n === b.shape[axis])) return false;
  const [ni, nj, nk] = a.shape.map((n) => n - 1);
  return [0, ni].every((i) =>
    [0, nj].every((j) =>
      [0, nk].every((k) => {
        const p = applyAffine(a.affine, [i, j, k]);
        const q = applyAffine(b.affine, [i, j, k]);
        return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) <= SAME_WITHIN_MM;
      }),
    ),
  );
}

/** A grid in words, for the message that two differ. */
export function gridText({ shape, zooms, affine }: Omit<Image3, 'voxels'>): string {
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
