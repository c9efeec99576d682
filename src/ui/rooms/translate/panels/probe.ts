import type { Affine } from '../../../../volume/image';
import type { Scan } from '../../../../workers/translate/protocol';

/** World position in mm (RAS+) of voxel (i, j, k). */
export function worldOf(affine: Affine, i: number, j: number, k: number): [number, number, number] {
  const row = (r: 0 | 1 | 2) => affine[r][0] * i + affine[r][1] * j + affine[r][2] * k + affine[r][3];
  return [row(0), row(1), row(2)];
}

/** Value of the scan at voxel (i, j, k), or null outside. */
export function valueAt(
  scan: Pick<Scan, 'shape' | 'voxels'>,
  i: number,
  j: number,
  k: number,
): number | null {
  const [ni, nj, nk] = scan.shape;
  if (i < 0 || j < 0 || k < 0 || i >= ni || j >= nj || k >= nk) return null;
  return scan.voxels[i + ni * (j + nj * k)];
}
