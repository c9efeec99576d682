import { BadRequest } from '../errors';
import { headSlices } from '../volume/headSlices';
import { foregroundBySlice, foregroundThreshold } from '../volume/intensity';
import type { Volume } from '../volume/volume';

/** `headSlices` of a scan. Throws BadRequest where there is none. */
export function headSlicesOf(scan: Volume, least: number): number[] {
  const slices = headSlices(foregroundBySlice(scan, foregroundThreshold(scan.voxels)), least);
  if (slices.length === 0) {
    throw new BadRequest(
      `${scan.name}: must have a slice with ${100 * least} % foreground, got none; choose slices with --slices`,
    );
  }
  return slices;
}
