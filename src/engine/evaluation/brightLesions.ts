/**
 * Lesions of a FLAIR image without an outline by an expert. The rule: voxels brighter than 1.4 times the median of the brain, at least
 * 8 pixels (in plane) from the brain's edge, in connected pieces (by faces) of at least 30 mm³. The brain is `brainMask`. It finds
 * white-matter lesions and oedema; it misses lesions in the cortex and at the brain's edge, and takes bright choroid plexus and flow
 * artefacts for lesions. Good for comparing an image with the real one, not for counting lesions.
 */
import type { Shape3 } from '../../volume/image';
import type { Pieces } from '../pieces';
import { components } from './components';
import { medianWhere } from './lesions';
import { brainMask, erodeInPlane, INSIDE_RADIUS } from './masks';

/** Over training scans 1.3 still takes cortex for lesions, above 1.4 faint ones are lost. */
export const BRIGHT_FACTOR = 1.4;
/** About the least that readers of MS scans call a lesion: 3 mm across in a few slices. */
export const LEAST_LESION_MM3 = 30;

export const BRIGHT_RULE = `pieces of the real FLAIR brighter than ${BRIGHT_FACTOR} times the brain's median, of at least ${LEAST_LESION_MM3} mm³, at least ${INSIDE_RADIUS} pixels from the brain's edge (no outlines by experts)`;

/**
 * @param zooms mm
 * @returns one byte a voxel, 1 in a lesion
 */
export function* brightLesions(
  flair: Float32Array,
  foreground: Uint8Array,
  shape: Shape3,
  zooms: Shape3,
): Pieces<Uint8Array> {
  const brain = yield* brainMask(foreground, shape);
  const level = medianWhere(flair, brain);
  yield;
  const away = yield* erodeInPlane(brain, shape, INSIDE_RADIUS);
  const bright = new Uint8Array(flair.length);
  if (level !== null)
    for (let at = 0; at < flair.length; at++)
      if (away[at] && flair[at] > BRIGHT_FACTOR * level) bright[at] = 1;
  const { labels, sizes } = yield* components(bright, shape);
  const voxel = zooms[0] * zooms[1] * zooms[2];
  const found = new Uint8Array(labels.length);
  for (let at = 0; at < labels.length; at++)
    if (labels[at] > 0 && sizes[labels[at] - 1] * voxel >= LEAST_LESION_MM3) found[at] = 1;
  yield;
  return found;
}
