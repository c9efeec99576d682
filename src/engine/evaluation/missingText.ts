/** Slices without a score, in a sentence. */
import { counted } from '../counted';
import type { Missing } from './metrics/missing';

/**
 * "3 of 10 slices have no score: reference NaN or infinite in 17 pixels (slices 2, 3), synthetic constant (slice 7)"; null where all
 * have one.
 * @param names of the images, for people
 */
export function missingText(
  slices: readonly { index: number; missing: Missing | null }[],
  names: Record<Missing['image'], string> = { synthetic: 'synthetic', reference: 'reference' },
): string | null {
  const found = slices.flatMap(({ index, missing }) => (missing ? [{ index, ...missing }] : []));
  if (found.length === 0) return null;
  const kinds = [...new Set(found.map(({ image, fault }) => `${image} ${fault}`))];
  const reasons = kinds.map((kind) => {
    const group = found.filter(({ image, fault }) => `${image} ${fault}` === kind);
    const [{ image, fault }] = group;
    const pixels = group.reduce((sum, one) => sum + one.pixels, 0);
    const how = fault === 'constant' ? 'constant' : `NaN or infinite in ${counted(pixels, 'pixel')}`;
    return `${names[image]} ${how} (${slicesText(group.map(({ index }) => index))})`;
  });
  return `${found.length} of ${counted(slices.length, 'slice')} ${found.length === 1 ? 'has' : 'have'} no score: ${reasons.join(', ')}`;
}

/** More than these are not listed. */
const LISTED = 8;

/** "slices 2, 3 and 5 more", the first of them by number. */
export function slicesText(indices: readonly number[]): string {
  const more = indices.length > LISTED ? ` and ${indices.length - LISTED} more` : '';
  return `${indices.length === 1 ? 'slice' : 'slices'} ${indices.slice(0, LISTED).join(', ')}${more}`;
}
