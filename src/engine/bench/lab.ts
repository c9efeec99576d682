/** A pair as a suite sees it: prepared for a model, with the slices that count. */
import { BadRequest } from '../../errors';
import { scanMeasures } from '../../volume/scanMeasures';
import type { ModelCard } from '../cards/modelCard';
import { type LesionsFound, lesionsOf, type PreparedPair, preparePair } from '../evaluation/evaluateScan';
import { namedSlices, slicesToScore, spreadOut } from '../evaluation/slicesToScore';
import type { Pieces } from '../pieces';
import { type Bench, type BenchPair, type LoadedPair, sharedSlices } from './bench';

export interface PairOnBench {
  prepared: PreparedPair;
  /** Found once, when they are asked for. */
  lesions: () => Pieces<LesionsFound | null>;
}

/** Slices of a pair's head, where nobody has looked yet. */
const USUAL_SLICES = 20;

/** Forward passes of a model over the slices of a pair that count. */
export function passesOf(bench: Bench, pair: BenchPair, { diffusion }: Pick<ModelCard, 'diffusion'>): number {
  return Math.max(1, diffusion.steps) * (sharedSlices(bench, pair) ?? USUAL_SLICES);
}

/** Models of one kind take as long for a pass: of the same network, image and chain. */
export const kindOf = ({
  network,
  diffusion,
  preprocessing,
}: Pick<ModelCard, 'network' | 'diffusion' | 'preprocessing'>): string =>
  JSON.stringify([network, diffusion.steps, preprocessing.size]);

/** @throws BadRequest where the two lie on different grids, or no slice has enough head */
export function* pairOnBench(
  bench: Bench,
  pair: BenchPair,
  { source, target, outline }: LoadedPair,
  card: Pick<ModelCard, 'preprocessing'>,
): Pieces<PairOnBench> {
  const measured = { ...target, measures: target.measures ?? scanMeasures(target.image) };
  measured.measures.levels();
  yield;
  const { head, damaged } = slicesToScore(target.image, measured.measures);
  yield;
  if (head.length === 0)
    throw new BadRequest(`${target.name}: must have a slice with enough head, got none; leave the scan out`);
  const share = sharedSlices(bench, pair);
  const wanted = share === null ? namedSlices(head, damaged) : spreadOut(head, share);
  const prepared = yield* preparePair(source, measured, card, wanted);
  let found: LesionsFound | null | undefined;
  const lesions = function* (): Pieces<LesionsFound | null> {
    if (found === undefined) found = yield* lesionsOf(prepared, pair.task.target, outline);
    return found;
  };
  return { prepared, lesions };
}
