/** Whether two scans of a pair lie in the same place, so that slices of both show the same: told when they are added, and when they are cut. */
import type { BadRequest } from '../../errors';
import { otherGrid, sameGrid } from '../../volume/resample';
import { coverOf } from '../../volume/slices';
import type { CutScan } from './dataset';
import type { Side } from './sides';

export type PairGrid = Pick<CutScan, 'name' | 'shape' | 'zooms' | 'affine' | 'plan'>;

/** What is wrong with such a pair, in a sentence; null where nothing is. */
export function pairProblem({ a, b }: Record<Side, PairGrid>): BadRequest | null {
  const [ofA, ofB] = [coverOf(a.plan), coverOf(b.plan)];
  // Spacings that differ by rounding alone may cover with a pixel more or less.
  const isSame = sameGrid(a, b) && ofA.width === ofB.width && ofA.height === ofB.height;
  return isSame ? null : otherGrid(a, b);
}
