import type { Affine, Image3, Shape3 } from '../src/volume/image';

/** An axial image whose first voxel lies at 0 mm, unless told otherwise. */
export function makeImage(
  shape: Shape3,
  voxels: Float32Array,
  { zooms = [1, 1, 1], affine = scaling(zooms) }: { zooms?: Shape3; affine?: Affine } = {},
): Image3 {
  return { shape, zooms, affine, voxels };
}

function scaling([x, y, z]: Shape3): Affine {
  return [
    [x, 0, 0, 0],
    [0, y, 0, 0],
    [0, 0, z, 0],
    [0, 0, 0, 1],
  ];
}
