import { BadRequest } from '../../errors';
import { headSlices } from '../../volume/headSlices';
import type { NamedImage } from '../../volume/image';
import { foregroundBySlice, foregroundThreshold } from '../../volume/intensity';

/** `headSlices` of a scan. Throws BadRequest where there is none. */
export function headSlicesOf({ name, image }: NamedImage, least: number): number[] {
  const slices = headSlices(foregroundBySlice(image, foregroundThreshold(image.voxels)), least);
  if (slices.length === 0) {
    throw new BadRequest(
      `${name}: must have a slice with ${100 * least} % foreground, got none; choose slices with --slices`,
    );
  }
  return slices;
}
