/** The pairs of a split of BIDS data sets, for `evaluate --models` and `bench`. */
import type { ModelCard } from '../../engine/cards/modelCard';
import { BadRequest } from '../../errors';
import { namesApart } from '../../platform/node/namesApart';
import { chosenScans, refuseRivalPairs } from '../../platform/node/scanChoice';
import type { ScanPlace } from '../../platform/node/scans';
import {
  hasContrast,
  pairedScans,
  SPLITS,
  type Split,
  sayOnce,
  type TrainingScan,
  trainingScans,
} from '../../platform/node/trainingScans';
import type { EntityFilter } from '../../volume/entityFilter';
import type { Io } from '../kit/io';
import type { PairPaths } from './evaluatePairs';

/** Of a model's source and target. */
export type SplitPairs = Record<Split, PairPaths[]>;

/** @param pattern a regular expression; what of a subject's name it matches says who it is. Without one, the whole name */
export function patientsBy(pattern: string | undefined): (subject: string) => string {
  if (pattern === undefined) return (subject) => subject;
  try {
    const expression = new RegExp(pattern);
    return (subject) => expression.exec(subject)?.[0] || subject;
  } catch {
    throw new BadRequest(`--patient: must be a regular expression, got "${pattern}"`);
  }
}

/** Whose images are wanted, by a name for sentences. */
export type WantedPairs = Pick<ModelCard, 'id' | 'source' | 'target'>;

/** Subjects with both contrasts, of each split; of the one that is scored, `limit` a data set. */
export async function splitPairs(
  folders: readonly string[],
  { id, source, target }: WantedPairs,
  {
    scored,
    limit,
    patientOf,
    choice,
    io,
  }: {
    scored: Split;
    limit: number;
    patientOf: (subject: string) => string;
    choice: ScanChoice;
    io: Pick<Io, 'err'>;
  },
): Promise<SplitPairs> {
  const pairs: Record<Split, FolderPair[]> = { train: [], val: [], test: [] };
  // Of one folder the same is said for both contrasts.
  const say = sayOnce((text) => io.err(`${id}: ${text}\n`));
  const named: Record<string, TrainingScan[]> = {};
  for (const folder of folders) {
    const both = await scansOfBoth(folder, { source, target }, choice.filter, say);
    if (both) Object.assign(named, { [`${folder}:source`]: both.source, [`${folder}:target`]: both.target });
    else say(`${folder}: no scans of both ${source} and ${target}; left out`);
  }
  const chosen = chosenScans(named, choice.filter, say);
  for (const folder of folders) {
    const both = { source: chosen[`${folder}:source`] ?? [], target: chosen[`${folder}:target`] ?? [] };
    for (const split of SPLITS) {
      const those = (scans: TrainingScan[]) => scans.filter((scan) => scan.split === split);
      if (split === scored || split === 'train') refuseRivalPairs(those(both.source), those(both.target));
      const all = pairedScans(those(both.source), those(both.target), split === scored ? say : undefined);
      // Of a model whose source and target are one contrast, a scan would be its own reference.
      const found = all.filter(({ a, b }) => a.path !== b.path || choice.source !== choice.target);
      if (found.length < all.length)
        say(
          `${folder}: source and target must be different scans, got the same ${source} as both; left out, score images of two scanners by evaluate SYNTHETIC REFERENCE`,
        );
      for (const { a, b } of split === scored ? found.slice(0, limit) : found) {
        const { subject } = a;
        const [sourcePlace, ofTarget] = [
          { path: a.path, volume: choice.source },
          targetPlace(b.path, choice),
        ];
        const patient = patientOf(subject);
        pairs[split].push({ folder, subject, patient, source: sourcePlace, target: ofTarget });
      }
    }
  }
  return namedApart(pairs);
}

/** @throws BadRequest where no subject of a split has both contrasts */
export function needPairs(
  pairs: SplitPairs,
  split: Split,
  { id, source, target }: WantedPairs,
  folders: readonly string[],
): void {
  if (pairs[split].length === 0)
    throw new BadRequest(
      `--data: needs subjects of the ${split} split with ${source} and ${target} for ${id}, got none in ${folders.join(', ')}; choose another --split or --data`,
    );
}

/** Which of several scans and volumes is meant. */
export interface ScanChoice {
  filter: EntityFilter;
  source: number | undefined;
  target: number | undefined;
}

/** Of a scan of the target, with the volume that is meant. */
export const targetPlace = (path: string, { target }: Pick<ScanChoice, 'target'>): ScanPlace => ({
  path,
  volume: target,
  option: 'reference-volume',
});

interface FolderPair extends PairPaths {
  /** The data set. */
  folder: string;
}

/** The same name in two data sets is two people: such names begin with the data set's. */
function namedApart(pairs: Record<Split, FolderPair[]>): SplitPairs {
  const all = SPLITS.flatMap((split) => pairs[split]);
  const subjects = namesApart(all.map(({ folder, subject }) => ({ folder, name: subject })));
  const patients = namesApart(all.map(({ folder, patient }) => ({ folder, name: patient })));
  const named = ({ folder, subject, patient, ...paths }: FolderPair): PairPaths => ({
    ...paths,
    subject: subjects(folder, subject),
    patient: patients(folder, patient),
  });
  return { train: pairs.train.map(named), val: pairs.val.map(named), test: pairs.test.map(named) };
}

/** Null where the data set lacks one of the contrasts. @throws BadRequest where there is no such folder, or a bad table of splits */
async function scansOfBoth(
  folder: string,
  contrasts: Pick<ModelCard, 'source' | 'target'>,
  filter: EntityFilter,
  say: (text: string) => void,
): Promise<{ source: TrainingScan[]; target: TrainingScan[] } | null> {
  const { source, target } = contrasts;
  if (!(await hasContrast(folder, source, filter)) || !(await hasContrast(folder, target, filter)))
    return null;
  const of = (contrast: string) => trainingScans(`${folder}:${contrast}`, say, filter);
  return { source: await of(source), target: await of(target) };
}
