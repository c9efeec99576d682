import { BadRequest } from '../errors';
import { foregroundBySlice, foregroundThreshold } from '../volume/intensity';
import type { Volume } from '../volume/volume';

/**
 * The axial slices that hold some head: those whose share of foreground pixels (0..1) is `least` or more.
 * Throws BadRequest where there is none.
 */
export function headSlices(scan: Volume, least: number): number[] {
  const shares = [...foregroundBySlice(scan, foregroundThreshold(scan.voxels))];
  const slices = shares.flatMap((share, index) => (share >= least ? [index] : []));
  if (slices.length === 0) {
    throw new BadRequest(
      `${scan.name}: must have a slice with ${100 * least} % foreground, got none; choose slices with --slices`,
    );
  }
  return slices;
}
