/** The scans of a run, and their slices. */
import { basename, resolve } from 'node:path';
import type { SliceSet, TrainData } from '../../engine/training/data';
import { joinSlices, pairedSlices, scanStatistics, volumeSlices } from '../../engine/training/dataset';
import { gridOfSide, type TrainSettings } from '../../engine/training/settings';
import { SIDES, type Side } from '../../engine/training/sides';
import { Aborted, BadRequest } from '../../errors';
import { namesApart } from '../../platform/node/namesApart';
import { chosenScans, refuseRivalPairs, refuseRivals } from '../../platform/node/scanChoice';
import { readChosen } from '../../platform/node/scans';
import {
  pairedScans,
  type Say,
  type Split,
  setOf,
  TRAINING_SCAN,
  type TrainingScan,
  trainingScans,
} from '../../platform/node/trainingScans';
import { each, type Infer, list, nullable, object } from '../../schema';
import { type EntityFilter, filterText } from '../../volume/entityFilter';
import type { ScanFile } from '../../volume/formats/scanFormat';
import type { Grid, Image3 } from '../../volume/image';
import type { InputStatistics } from '../../volume/inputStatistics';
import { contrastsOf, readName } from '../../volume/names';
import { nameOfVolume } from '../../volume/oneVolume';
import { PAIR_ADVICE, subjectsInBoth } from '../../volume/pairing';
import { sameGrid } from '../../volume/resample';
import { planSlices } from '../../volume/slices';
import { type InputSummary, summariseInputs } from '../../volume/trainingInputs';
import { type Io, saying } from '../kit/io';
import { type Progress, startProgress } from '../kit/progress';
import { counted } from '../kit/report';

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
  b: string;
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
 * @param say a sentence on scans that are left out
 * @throws BadRequest in one sentence where there are no scans, the filter matches none, or the validation has no pairs
 */
export async function findScans(names: ScanNames, say: Say): Promise<RunScans> {
  const { valA, valB, choice } = names;
  const { filter, volumes } = choice;
  if ((valA === undefined) !== (valB === undefined))
    throw new BadRequest('--val-a, --val-b: must be given both or none, got one of them');
  const named = async (list: string | undefined, side: Side) => {
    const scans = list === undefined ? [] : await trainingScans(list, say, filter);
    return scans.map((scan) => ({ ...scan, path: resolve(scan.path), volume: volumes[side] }));
  };
  const all = {
    a: await named(names.a, 'a'),
    b: await named(names.b, 'b'),
    valA: await named(valA, 'a'),
    valB: await named(valB, 'b'),
  };
  const { a, b, valA: listA, valB: listB } = chosenScans(all, filter, say);
  if (valA === undefined || valB === undefined) {
    refuseTwoSplits(a, b);
    return withNamesApart({ a, b, validation: null });
  }
  const [ofA, ofB] = [forValidation(listA), forValidation(listB)];
  refuseRivalPairs(ofA, ofB);
  const pairs = pairedScans(ofA, ofB, say);
  if (pairs.length === 0)
    throw new BadRequest(
      `--val-a, --val-b: must have a subject in common, got none in ${valA} and ${valB}; name both contrasts' scans of the same subjects`,
    );
  const trained = [...a, ...b].filter(({ split }) => split === 'train').map(({ path }) => path);
  const both = subjectsInBoth(
    trained,
    pairs.flatMap((pair) => [pair.a.path, pair.b.path]),
  );
  if (both.length > 0)
    throw new BadRequest(
      `--val-a, --val-b: must be subjects who are not trained on, got ${counted(both.length, 'subject')} of --a and --b (${both[0]}); leave them out of one`,
    );
  return withNamesApart({ a, b, validation: pairs });
}

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

export interface LoadedData {
  data: TrainData;
  /** Names of the scans that are used. */
  volumes: { trainA: string[]; trainB: string[]; valA: string[]; valB: string[] };
  /** Subjects of whom slice n of both contrasts is the same anatomy in the same place; all of a paired run. */
  aligned: string[];
  /** Of the training scans. */
  inputs: Record<Side, InputSummary | null>;
}

/**
 * Reads all scans of train and validation, one after the other.
 * @throws BadRequest where a contrast has none, or a pair's grids differ; Aborted after the signal
 */
export async function loadData(scans: RunScans, settings: TrainSettings, io: Io): Promise<LoadedData> {
  const isPaired = settings.variant.pairing === 'paired';
  const train = (side: Side) => scans[side].filter(({ split }) => split === 'train');
  const [trainA, trainB] = [train('a'), train('b')];
  for (const [option, list] of [
    ['a', trainA],
    ['b', trainB],
  ] as const)
    if (list.length === 0)
      throw new BadRequest(`--${option}: must have scans for training, got none in the train split`);
  const say = saying(io);
  const pairs = isPaired ? ofSplit(scans, 'train', say) : [];
  if (isPaired && pairs.length === 0)
    throw new BadRequest(
      `--paired: needs subjects with both contrasts in --a and --b, got none; ${PAIR_ADVICE}`,
    );
  const validation = ofSplit(scans, 'val', say);
  const all = (isPaired ? 2 * pairs.length : trainA.length + trainB.length) + 2 * validation.length;
  const reader = new Reader(io, all);
  const seen: Record<Side, InputStatistics[]> = { a: [], b: [] };
  const look: Look = (side, image) => {
    const statistics = scanStatistics(image, gridOfSide(settings, side));
    if (statistics) seen[side].push(statistics);
  };
  try {
    const made = isPaired
      ? { train: await readPairs(pairs, settings, reader, look), aligned: pairs.map(({ a }) => a.subject) }
      : await readUnpaired(trainA, trainB, settings, reader, look);
    reader.tellUnused();
    const names = (list: TrainingScan[]) => list.map((scan) => reader.nameOf(scan));
    return {
      data: {
        train: made.train,
        validation: validation.length > 0 ? await readPairs(validation, settings, reader) : null,
      },
      aligned: made.aligned,
      inputs: { a: summariseInputs(seen.a), b: summariseInputs(seen.b) },
      volumes: {
        trainA: names(isPaired ? pairs.map(({ a }) => a) : trainA),
        trainB: names(isPaired ? pairs.map(({ b }) => b) : trainB),
        valA: names(validation.map(({ a }) => a)),
        valB: names(validation.map(({ b }) => b)),
      },
    };
  } finally {
    reader.end();
  }
}

/** Reads scans and tells how far it is. */
class Reader {
  private done = 0;
  /** Of those with several volumes. */
  private readonly counts = new Map<string, number>();
  private isAsked = false;
  private readonly progress: Progress;

  constructor(
    private readonly io: Io,
    private readonly count: number,
  ) {
    this.progress = startProgress(io);
  }

  async read(place: TrainingScan): Promise<ScanFile> {
    this.progress.show(`reading scan ${++this.done} of ${this.count}`);
    // Without a pause Ctrl-C could not be heard.
    await new Promise<void>((resolved) => setImmediate(resolved));
    if (this.io.signal.aborted) throw new Aborted('training: cancelled before it began; start it again');
    const scan = await readChosen(place, (text) => this.warn(text));
    if (place.volume !== undefined) this.isAsked = true;
    if (scan.volumeCount > 1) this.counts.set(place.path, scan.volumeCount);
    return scan;
  }

  /** Of a scan that was read, with its volume where it has several. */
  nameOf({ path, volume = 0 }: TrainingScan): string {
    return nameOfVolume(basename(path), this.counts.get(path) ?? 1, volume);
  }

  tellUnused(): void {
    if (this.isAsked && this.counts.size === 0)
      this.warn('--volume: no scan has several volumes, so it decides nothing');
  }

  warn(text: string): void {
    this.progress.end();
    this.io.err(`${text}\n`);
  }

  end(): void {
    this.progress.end();
  }
}

/** Called with every scan that is trained on, while it is in memory. */
type Look = (side: Side, image: Image3) => void;

async function readPairs(
  pairs: readonly ScanPairPaths[],
  settings: TrainSettings,
  reader: Reader,
  look?: Look,
): Promise<Record<Side, SliceSet>> {
  const sets: Record<Side, SliceSet>[] = [];
  for (const { a, b } of pairs) {
    const scans = { a: await reader.read(a), b: await reader.read(b) };
    const slices = pairedSlices(scans, a.subject, settings);
    if (slices.a.count === 0) reader.warn(leftOut(a.path));
    else for (const side of SIDES) look?.(side, scans[side].image);
    sets.push(slices);
  }
  return { a: joinSlices(sets.map((set) => set.a)), b: joinSlices(sets.map((set) => set.b)) };
}

async function readUnpaired(
  a: readonly TrainingScan[],
  b: readonly TrainingScan[],
  settings: TrainSettings,
  reader: Reader,
  look: Look,
): Promise<{ train: Record<Side, SliceSet>; aligned: string[] }> {
  const read = async (scans: readonly TrainingScan[], side: Side) => {
    const grid = gridOfSide(settings, side);
    const sets: SliceSet[] = [];
    const places = new Map<string, Place[]>();
    for (const scan of scans) {
      const { image } = await reader.read(scan);
      const slices = volumeSlices(image, scan.subject, grid);
      if (slices.count === 0) reader.warn(leftOut(scan.path));
      else look(side, image);
      sets.push(slices);
      const { shape, affine } = image;
      const { i, j } = planSlices(image, settings);
      const place = { grid: { shape, affine }, plan: JSON.stringify([i, j]) };
      places.set(scan.subject, [...(places.get(scan.subject) ?? []), place]);
    }
    return { slices: joinSlices(sets), places };
  };
  const [ofA, ofB] = [await read(a, 'a'), await read(b, 'b')];
  const aligned = [...ofA.places].flatMap(([subject, placesA]) => {
    const placesB = ofB.places.get(subject) ?? [];
    // Several scans of a subject share its name: their slices cannot be told apart.
    if (placesA.length !== 1 || placesB.length !== 1) return [];
    return sameGrid(placesA[0].grid, placesB[0].grid) && placesA[0].plan === placesB[0].plan ? [subject] : [];
  });
  return { train: { a: ofA.slices, b: ofB.slices }, aligned };
}

interface Place {
  grid: Grid;
  plan: string;
}

const leftOut = (path: string) => `${basename(path)}: no slice holds some head; left out`;

/** The card's sentence on the data, where the user gives none. */
export function dataText(
  { a, b }: RunScans,
  { contrasts }: TrainSettings,
  { trainA, trainB }: LoadedData['volumes'],
  { filter, volumes }: RunChoice,
): string {
  const folders = [...new Set([...a, ...b].map(({ path }) => setOf(path)))].join(', ');
  const isOfSeveral = [...trainA, ...trainB].some((name) => / \(volume \d+\)$/.test(name));
  const chosen = [
    filterText(filter),
    isOfSeveral ? `volume ${[...new Set([volumes.a, volumes.b])].join(' and ')} of those with several` : '',
  ].filter(Boolean);
  return `${folders}: ${counted(trainA.length, 'scan')} of ${contrasts.a} and ${counted(trainB.length, 'scan')} of ${contrasts.b}${chosen.map((text) => `, ${text}`).join('')}`;
}
