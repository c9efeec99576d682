import { type SlicesToScore, slicesToScore } from '../../engine/evaluation/slicesToScore';
import { BadRequest } from '../../errors';
import { HEAD_SHARE, headSlices } from '../../volume/headSlices';
import type { NamedImage } from '../../volume/image';
import { foregroundBySlice, foregroundThreshold } from '../../volume/intensity';

/** `headSlices` of a scan. Throws BadRequest where there is none. */
export function headSlicesOf({ name, image }: NamedImage, least: number): number[] {
  return needed(name, headSlices(foregroundBySlice(image, foregroundThreshold(image.voxels)), least), least);
}

/** `slicesToScore` of a reference. Throws BadRequest where none has enough head. */
export function slicesToScoreOf({ name, image }: NamedImage): SlicesToScore {
  const found = slicesToScore(image);
  needed(name, found.head, HEAD_SHARE.evaluation);
  return found;
}

function needed(name: string, slices: number[], least: number): number[] {
  if (slices.length === 0)
    throw new BadRequest(
      `${name}: must have a slice with ${100 * least} % foreground, got none; choose slices with --slices`,
    );
  return slices;
}
