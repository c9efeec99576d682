import type { Image3 } from './image';

/** Whether two scans hold the same voxels, under whatever names and in whatever files. */
export function isSameImage({ voxels }: Pick<Image3, 'voxels'>, other: Pick<Image3, 'voxels'>): boolean {
  if (voxels.length !== other.voxels.length) return false;
  for (let n = 0; n < voxels.length; n++) if (!Object.is(voxels[n], other.voxels[n])) return false;
  return true;
}
