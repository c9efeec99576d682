import type { LoadedPair } from '../../engine/bench/bench';
import { readChosen } from '../../platform/node/scans';
import { isSameImage } from '../../volume/sameImage';
import type { PairPaths } from './evaluatePairs';
import { outlinePath, readMask } from './lesionMasks';

/**
 * The scans of a pair, with the outline of its lesions where its data set has one. Throws as `readChosen` and `readMask`.
 * @param onRemark what is wrong with a scan's file though it could be read
 */
export async function readPair(
  { subject, source, target }: PairPaths,
  onRemark?: (text: string) => void,
): Promise<LoadedPair> {
  const pair = { source: await readChosen(source, onRemark), target: await readChosen(target, onRemark) };
  if (isSameImage(pair.source.image, pair.target.image))
    onRemark?.(
      `${subject}: source and target must be two images, got the same in both; its scores tell nothing, leave it out`,
    );
  const outlined = outlinePath(target.path);
  return { ...pair, outline: outlined === null ? null : await readMask(outlined, pair.target) };
}
