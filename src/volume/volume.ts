/** What a scan is once read: voxels in the closest-canonical (RAS+) frame, and what is needed to write it back. */

/** Row-major 4x4, voxel index -> world mm (RAS+). */
export type Affine = readonly [
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
  readonly [number, number, number, number],
];

export type Shape3 = readonly [number, number, number];

/** How stored axes became canonical ones: canonical axis a is stored axis `axis[a]`, reversed where `flip[a]`. */
export interface Orientation {
  readonly axis: readonly [number, number, number];
  readonly flip: readonly [boolean, boolean, boolean];
  /** e.g. "LPS": the direction in which each stored axis increases. */
  readonly codes: string;
}

/** The file as it was: what `writeNifti` needs so that the result opens in the same place in any viewer. */
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

/**
 * One 3-D volume of a scan.
 * `voxels` are float32, canonical, with i fastest: voxel (i, j, k) is `voxels[i + ni * (j + nj * k)]`, so axial slice k is
 * the contiguous range [k*ni*nj, (k+1)*ni*nj). Slope and intercept are applied; NaN and infinities are as stored.
 */
export interface Volume {
  readonly name: string;
  readonly shape: Shape3;
  /** mm per voxel along the canonical axes. */
  readonly zooms: Shape3;
  readonly affine: Affine;
  readonly voxels: Float32Array;
  readonly orientation: Orientation;
  readonly header: StoredHeader;
  /** Number of volumes in the file (1 for 3-D) and which one this is. */
  readonly volumeCount: number;
  readonly volumeIndex: number;
}
