/** The scans of a run, and their slices. */
import { resolve } from 'node:path';
import type { TrainSettings } from '../../engine/training/settings';
import { SIDES, type Side } from '../../engine/training/sides';
import { isUnconditional } from '../../engine/training/variant';
import { BadRequest } from '../../errors';
import { namesApart } from '../../platform/node/namesApart';
import { otherSplitTexts } from '../../platform/node/participants';
import { chosenScans, refuseRivalPairs, refuseRivals } from '../../platform/node/scanChoice';
import {
  pairedScans,
  type Say,
  type Split,
  sayOnce,
  setOf,
  TRAINING_SCAN,
  type TrainingScan,
  trainingScans,
} from '../../platform/node/trainingScans';
import { each, type Infer, list, nullable, object } from '../../schema';
import { type EntityFilter, filterText } from '../../volume/entityFilter';
import { contrastsOf, readName } from '../../volume/names';
import { noPairsText, subjectsInBoth } from '../../volume/pairing';
import { counted } from '../kit/report';
import type { LoadedData } from './loadData';

const SCAN_PAIR = each(SIDES, TRAINING_SCAN);
export type ScanPairPaths = Infer<typeof SCAN_PAIR>;

/** What a run was given, with absolute paths: kept beside it, so that it can be gone on with and scored later. */
export const RUN_SCANS = object({
  /** All splits. */
  a: list(TRAINING_SCAN),
  b: list(TRAINING_SCAN),
  /** Named as validation; else the val split of `a` and `b`. */
  validation: nullable(list(SCAN_PAIR)),
});
export type RunScans = Infer<typeof RUN_SCANS>;

/** What the user says of the scans of a run. */
export interface ScanNames {
  a: string;
  /** Absent where one contrast is learnt alone. */
  b?: string;
  valA?: string;
  valB?: string;
  choice: RunChoice;
}

/** Which of several scans and volumes is meant. */
export interface RunChoice {
  filter: EntityFilter;
  volumes: Partial<Record<Side, number>>;
}

/**
 * @param tell a sentence on scans that are left out
 * @param show how far it is, of long lists
 * @throws BadRequest in one sentence where there are no scans, the filter matches none, or the validation has no pairs
 */
export async function findScans(names: ScanNames, tell: Say, show?: Say): Promise<RunScans> {
  // Of one folder the same is said for both contrasts.
  const say = sayOnce(tell);
  const { valA, valB, choice } = names;
  const { filter, volumes } = choice;
  if ((valA === undefined) !== (valB === undefined))
    throw new BadRequest('--val-a, --val-b: must be given both or none, got one of them');
  const named = async (list: string | undefined, side: Side) => {
    const scans = list === undefined ? [] : await trainingScans(list, say, filter, show);
    return scans.map((scan) => ({ ...scan, path: resolve(scan.path), volume: volumes[side] }));
  };
  const all = {
    a: await named(names.a, 'a'),
    b: await named(names.b, 'b'),
    valA: await named(valA, 'a'),
    valB: await named(valB, 'b'),
  };
  const { a, b, valA: listA, valB: listB } = chosenScans(all, filter, say);
  const trained = [...a, ...b].filter(({ split }) => split === 'train').map(({ path }) => path);
  // After what is refused, which says more.
  const tellOtherSplits = async () => {
    for (const text of await otherSplitTexts(trained)) say(text);
  };
  if (valA === undefined || valB === undefined) {
    refuseTwoSplits(a, b);
    await tellOtherSplits();
    return withNamesApart({ a, b, validation: null });
  }
  const [ofA, ofB] = [forValidation(listA), forValidation(listB)];
  refuseRivalPairs(ofA, ofB);
  const pairs = pairedScans(ofA, ofB, say);
  if (pairs.length === 0)
    throw new BadRequest(
      `--val-a, --val-b: must have a subject in common, got ${noPairsText(ofA.map(pathOf), ofB.map(pathOf))}`,
    );
  const both = subjectsInBoth(
    trained,
    pairs.flatMap((pair) => [pair.a.path, pair.b.path]),
  );
  if (both.length > 0)
    throw new BadRequest(
      `--val-a, --val-b: must be subjects who are not trained on, got ${counted(both.length, 'subject')} of --a and --b (${both[0]}); leave them out of one`,
    );
  await tellOtherSplits();
  return withNamesApart({ a, b, validation: pairs });
}

/**
 * A file is known here by its name; an image in files of several names is seen when it is read (loadData.ts).
 * @throws BadRequest where a file is both contrasts, or both trained on and scored
 */
export function refuseSameFile({ a, b, validation }: RunScans): void {
  const lists = {
    '--a': a,
    '--b': b,
    '--val-a': (validation ?? []).map((pair) => pair.a),
    '--val-b': (validation ?? []).map((pair) => pair.b),
  };
  const before = new Map<string, string>();
  for (const [option, list] of Object.entries(lists))
    for (const { path, volume } of list) {
      const key = `${volume} ${path}`;
      const other = before.get(key);
      if (other !== undefined && other !== option)
        throw new BadRequest(
          `${other}, ${option}: must be different scans, got ${path} in both; leave it out of one, or choose by --volume N,M where it holds both`,
        );
      before.set(key, option);
    }
}

const pathOf = ({ path }: TrainingScan): string => path;

/**
 * Several folders or a list may hold several contrasts, as a folder may.
 * @param isNamed whether the user has said what the contrasts are called, and so meant it
 * @throws BadRequest where that is not so
 */
export function refuseMixed(scans: RunScans, isNamed: boolean, say: Say): void {
  for (const side of SIDES) {
    const told = contrastsOf(scans[side].map(({ path }) => path)).join(', ');
    if (!told.includes(',')) continue;
    if (!isNamed)
      throw new BadRequest(
        `--${side}: must be scans of one contrast, got ${told}; leave out the others, or say by --contrasts what they are as one`,
      );
    say(`--${side}: scans of ${told} are taken as one contrast`);
  }
}

/** The two contrasts may have tables of splits of their own, or only one of them has. */
function refuseTwoSplits(a: readonly TrainingScan[], b: readonly TrainingScan[]): void {
  const of = (isTrain: boolean) =>
    [...a, ...b].filter(({ split }) => (split === 'train') === isTrain).map(({ path }) => path);
  const [both] = subjectsInBoth(of(true), of(false));
  if (both !== undefined)
    throw new BadRequest(
      `--a, --b: a subject must be in one split of both, got ${both} among those who are trained on and among others; give both contrasts the same participants.tsv`,
    );
}

/**
 * @throws BadRequest for several scans of one contrast and visit that only the user can choose from, of those that the run takes: its
 * pairs, or the scans of either contrast; and its validation
 */
export function refuseUnchosen(scans: RunScans, isPaired: boolean, splits: readonly Split[], say: Say): void {
  const of = (split: Split) => SIDES.map((side) => scans[side].filter((scan) => scan.split === split));
  if (!isPaired) for (const list of of('train')) refuseRivals(list, say);
  for (const split of splits) {
    const isMade = split === 'val' && scans.validation !== null;
    const [a, b] = of(split);
    if (!isMade && (split !== 'train' || isPaired)) refuseRivalPairs(a, b);
  }
}

/** The same subject in two data sets is two people. */
function withNamesApart({ a, b, validation }: RunScans): RunScans {
  const all = [...a, ...b, ...(validation ?? []).flatMap((pair) => [pair.a, pair.b])];
  const inSets = all.flatMap(({ path, subject }) => {
    const { dataset } = readName(path);
    return dataset === null ? [] : [{ folder: dataset, name: subject }];
  });
  const nameOf = namesApart(inSets);
  const named = (scan: TrainingScan): TrainingScan => {
    const { dataset } = readName(scan.path);
    return dataset === null ? scan : { ...scan, subject: nameOf(dataset, scan.subject) };
  };
  return {
    a: a.map(named),
    b: b.map(named),
    validation: validation?.map((pair) => ({ a: named(pair.a), b: named(pair.b) })) ?? null,
  };
}

/** Of a data set with splits its val. */
function forValidation(scans: TrainingScan[]): TrainingScan[] {
  const hasSplits = scans.some(({ split }) => split !== 'train');
  return hasSplits ? scans.filter(({ split }) => split === 'val') : scans;
}

/** The aligned pairs of a split. @param say a sentence on scans of the split that are in none */
export function ofSplit({ a, b, validation }: RunScans, split: Split, say: Say = () => {}): ScanPairPaths[] {
  if (split === 'val' && validation) return validation;
  const those = (scans: TrainingScan[]) => scans.filter((scan) => scan.split === split);
  return pairedScans(those(a), those(b), say);
}

/** The card's sentence on the data, where the user gives none. */
export function dataText(
  { a, b }: RunScans,
  settings: TrainSettings,
  { trainA, trainB }: LoadedData['volumes'],
  { filter, volumes }: RunChoice,
): string {
  const folders = [...new Set([...a, ...b].map(({ path }) => setOf(path)))].join(', ');
  const isOfSeveral = [...trainA, ...trainB].some((name) => / \(volume \d+\)$/.test(name));
  const chosen = [
    filterText(filter),
    isOfSeveral ? `volume ${[...new Set([volumes.a, volumes.b])].join(' and ')} of those with several` : '',
  ].filter(Boolean);
  return `${folders}: ${numbersText({ trainA, trainB }, settings)}${chosen.map((text) => `, ${text}`).join('')}`;
}

/** "2 scans of T1w and 3 scans of FLAIR". */
export function numbersText(
  { trainA, trainB }: Record<'trainA' | 'trainB', readonly string[]>,
  { contrasts, variant }: Pick<TrainSettings, 'contrasts' | 'variant'>,
): string {
  const ofA = `${counted(trainA.length, 'scan')} of ${contrasts.a}`;
  return isUnconditional(variant) ? ofA : `${ofA} and ${counted(trainB.length, 'scan')} of ${contrasts.b}`;
}
