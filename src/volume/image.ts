/** What algorithms need of a scan, whatever file it came from: voxels in the closest-canonical (RAS+) frame. */

/** Row-major 4x4, voxel index -> world mm (RAS+). */
export type Affine = readonly [
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
];

export type Shape3 = readonly [number, number, number];

/** Where voxels lie. */
export interface Grid {
  /** [ni, nj, nk]. */
  readonly shape: Shape3;
  readonly affine: Affine;
}

/**
 * `voxels` are float32, canonical, with i fastest: voxel (i, j, k) is `voxels[i + ni * (j + nj * k)]`, so axial slice k is
 * the contiguous range [k*ni*nj, (k+1)*ni*nj). In the scan's own units; NaN and infinities are as stored.
 */
export interface Image3 extends Grid {
  /** mm per voxel along the canonical axes. */
  readonly zooms: Shape3;
  readonly voxels: Float32Array;
}

/** An image and what errors call it. */
export interface NamedImage {
  readonly name: string;
  readonly image: Image3;
}
