/** Which of the scans that were dropped are pairs, by their names: in any order, of one task. */
import { aloneTexts, noPairsText, PAIR_ADVICE, pairScans } from '../../../../volume/pairing';
import { someOf } from '../../../../volume/plainScans';
import { shortPaths } from '../../../../volume/shortPaths';
import { byContrast, labelTexts, type VolumeParts } from '../../train/state/volumeFiles';
import type { Task } from './types';

export interface PlannedPair {
  source: VolumeParts;
  reference: VolumeParts;
}

export interface PairPlan {
  task: Task;
  pairs: readonly PlannedPair[];
  /** What is left out, and why: sentences. */
  texts: readonly string[];
  /** Why there is no pair, as a sentence; null where there is one. */
  problem: string | null;
}

const pathOf = ({ path }: VolumeParts) => path;

/** @param tasks at least one; the first of which there are pairs is taken, else the first */
export function planPairs(volumes: readonly VolumeParts[], tasks: readonly Task[]): PairPlan {
  const plans = tasks.map((task) => planOf(volumes, task));
  return plans.find(({ pairs }) => pairs.length > 0) ?? plans[0];
}

function planOf(volumes: readonly VolumeParts[], task: Task): PairPlan {
  const { source, target } = task;
  const { wanted, unknown, labels, texts } = byContrast(volumes, { a: source, b: target });
  const ofSide = (side: 'a' | 'b') => wanted.flatMap((one) => (one.side === side ? [one.parts] : []));
  const [a, b] = [ofSide('a'), ofSide('b')];
  const { pairs, alone } = pairScans(a, b, pathOf);
  const nameOf = shortPaths(volumes.map(pathOf));
  const others = unknown.map((parts) => nameOf(pathOf(parts)));
  return {
    task,
    pairs: pairs.map((pair) => ({ source: pair.a, reference: pair.b })),
    texts: [
      ...aloneTexts(alone.map(({ scan, why }) => ({ scan: nameOf(pathOf(scan)), why }))).map(
        (text) => `${text}.`,
      ),
      ...(others.length > 0
        ? [`${someOf(others)}: the name says neither ${source} nor ${target}; left out.`]
        : []),
      ...labelTexts(labels.length, volumes.length),
      ...texts,
    ],
    problem:
      pairs.length > 0
        ? null
        : `${problemOf(
            { a: a.map(pathOf), b: b.map(pathOf) },
            others,
            labels.map(({ path }) => nameOf(path)),
            task,
          )}.`,
  };
}

/** Where nothing is a pair, by what its names tell. @param others of neither contrast */
function problemOf(
  { a, b }: Record<'a' | 'b', readonly string[]>,
  others: readonly string[],
  labels: readonly string[],
  { source, target }: Task,
): string {
  if (a.length + b.length > 0)
    return `${source} and ${target}: must be scans of one person, got ${noPairsText(a, b)}`;
  if (others.length > 0)
    return `${someOf(others)}: the name must say ${source} or ${target}, got neither; ${PAIR_ADVICE}`;
  return `${someOf(labels)}: must be scans of ${source} and ${target}, got what is named a mask or a map; drop the scans themselves`;
}
