/** Reads the scans of a run and cuts their slices. */
import { basename } from 'node:path';
import type { SliceSet, TrainData } from '../../engine/training/data';
import {
  type CutScan,
  cutScan,
  joinSlices,
  ownSlices,
  pairSlices,
  scanStatistics,
} from '../../engine/training/dataset';
import {
  conflictText,
  type GivenImage,
  imagePrint,
  isRepeated,
  repeatedText,
} from '../../engine/training/sameImages';
import { scanWarnings } from '../../engine/training/scanWarnings';
import { gridOfSide, type TrainSettings } from '../../engine/training/settings';
import { SIDES, type Side } from '../../engine/training/sides';
import { isUnconditional } from '../../engine/training/variant';
import { Aborted, BadRequest } from '../../errors';
import { readChosen } from '../../platform/node/scans';
import type { TrainingScan } from '../../platform/node/trainingScans';
import { groupedTexts, type ToldOfScan } from '../../volume/groupedTexts';
import type { Grid } from '../../volume/image';
import type { InputStatistics } from '../../volume/inputStatistics';
import { nameOfVolume } from '../../volume/oneVolume';
import { noPairsText } from '../../volume/pairing';
import { sameGrid } from '../../volume/resample';
import { scanMeasures } from '../../volume/scanMeasures';
import { shortPaths } from '../../volume/shortPaths';
import { type InputSummary, summariseInputs } from '../../volume/trainingInputs';
import { isBadInput } from '../kit/badInput';
import { type Io, saying } from '../kit/io';
import { type Progress, startProgress } from '../kit/progress';
import { ofSplit, type RunScans, type ScanPairPaths } from './trainData';

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
 * Reads all scans of train and validation, one after the other; says what is odd about them, and takes an image that is given twice once.
 * @param scored pairs that the models are scored on afterwards: none of their images may be among the others
 * @throws BadRequest where a contrast has none, a pair's grids differ, or an image is given for two things; Aborted after the signal
 */
export async function loadData(
  scans: RunScans,
  settings: TrainSettings,
  io: Io,
  scored: ScanPairPaths[] = [],
): Promise<LoadedData> {
  const isPaired = settings.variant.pairing === 'paired';
  const train = (side: Side) => scans[side].filter(({ split }) => split === 'train');
  const [trainA, trainB] = [train('a'), train('b')];
  const isOne = isUnconditional(settings.variant);
  for (const [option, list] of [['a', trainA], ...(isOne ? [] : [['b', trainB] as const])] as const)
    if (list.length === 0)
      throw new BadRequest(`--${option}: must have scans for training, got none in the train split`);
  const say = saying(io);
  const pairs = isPaired ? ofSplit(scans, 'train', say) : [];
  if (isPaired && pairs.length === 0)
    throw new BadRequest(
      `--paired: needs subjects with both contrasts in --a and --b, got ${noPairsText(
        trainA.map(({ path }) => path),
        trainB.map(({ path }) => path),
      )}`,
    );
  const validation = isOne ? [] : ofSplit(scans, 'val', say);
  const inPairs = (list: ScanPairPaths[]) => list.flatMap(({ a, b }) => [a, b]);
  const reader = new Reader(
    io,
    [...(isPaired ? inPairs(pairs) : [...trainA, ...trainB]), ...inPairs(validation), ...inPairs(scored)],
    settings,
  );
  try {
    const made = isPaired
      ? await readPairs(pairs, 'train', reader)
      : await readUnpaired(trainA, trainB, reader);
    const validated = validation.length > 0 ? await readPairs(validation, 'val', reader) : null;
    for (const pair of scored) for (const side of SIDES) await reader.refuseTrained(pair[side], side);
    return {
      data: { train: made.slices, validation: validated?.slices ?? null },
      aligned: made.aligned,
      inputs: { a: summariseInputs(made.statistics.a), b: summariseInputs(made.statistics.b) },
      volumes: {
        trainA: made.names.a,
        trainB: made.names.b,
        valA: validated?.names.a ?? [],
        valB: validated?.names.b ?? [],
      },
    };
  } finally {
    reader.end();
  }
}

/** What was read for training or for validation. */
interface ReadScans {
  slices: Record<Side, SliceSet>;
  /** Of the scans that are used. */
  names: Record<Side, string[]>;
  statistics: Record<Side, InputStatistics[]>;
  aligned: string[];
}

/** A scan that was read; its voxels are not kept. */
interface ReadScan {
  scan: TrainingScan;
  /** With its volume where it has several. */
  name: string;
  cut: CutScan;
  statistics: InputStatistics | null;
}

/** Reads scans, tells how far it is, and collects what is odd about them. */
class Reader {
  private done = 0;
  private readonly told: ToldOfScan[] = [];
  private readonly given = new Map<string, GivenImage>();
  private isAsked = false;
  private hasSeveral = false;
  private readonly progress: Progress;
  /** By which scans are told apart. */
  private readonly shown: (path: string) => string;

  constructor(
    private readonly io: Io,
    private readonly scans: readonly TrainingScan[],
    private readonly settings: TrainSettings,
  ) {
    this.progress = startProgress(io);
    this.shown = shortPaths(scans.map(({ path }) => path));
  }

  async read(scan: TrainingScan, side: Side): Promise<ReadScan> {
    await this.next();
    const file = await readChosen(scan);
    if (scan.volume !== undefined) this.isAsked = true;
    if (file.volumeCount > 1) this.hasSeveral = true;
    const grid = gridOfSide(this.settings, side);
    const measures = scanMeasures(file.image);
    const cut = cutScan(file, grid, undefined, measures);
    if (cut.slices.length === 0) this.tell(scan, NO_HEAD);
    else for (const text of scanWarnings(file, grid, measures)) this.tell(scan, text);
    return {
      scan,
      name: nameOfVolume(basename(scan.path), file.volumeCount, scan.volume ?? 0),
      cut,
      statistics: scanStatistics(file.image, grid, measures),
    };
  }

  private async next(): Promise<void> {
    this.progress.show(`reading scan ${++this.done} of ${this.scans.length}`);
    // Without a pause Ctrl-C could not be heard.
    await new Promise<void>((resolved) => setImmediate(resolved));
    if (this.io.signal.aborted) throw new Aborted('training: cancelled before it began; start it again');
  }

  /** Of a scan that is scored after the training, which names it itself where it cannot be read. @throws BadRequest where it is trained on */
  async refuseTrained(scan: TrainingScan, side: Side): Promise<void> {
    await this.next();
    const print = await this.printOf(scan, side);
    const before = print === null ? undefined : this.given.get(print);
    if (print === null || before?.use !== 'train') return;
    throw new BadRequest(conflictText({ use: 'val', side, name: this.shown(scan.path), print }, before));
  }

  /** Null where it cannot be read, or shows no head. */
  private async printOf(scan: TrainingScan, side: Side): Promise<string | null> {
    try {
      const cut = cutScan(await readChosen(scan), gridOfSide(this.settings, side));
      return cut.slices.length > 0 ? imagePrint(cut) : null;
    } catch (error) {
      if (isBadInput(error)) return null;
      throw error;
    }
  }

  /** To be said with what is said of others. */
  tell({ path }: TrainingScan, text: string): void {
    this.told.push({ name: this.shown(path), text });
  }

  /** Whether it is given for the first time. @throws BadRequest where it was given for something else */
  isNew({ scan, cut }: ReadScan, use: GivenImage['use'], side: Side): boolean {
    if (cut.slices.length === 0) return true;
    const one = { use, side, name: this.shown(scan.path), print: imagePrint(cut) };
    const before = this.given.get(one.print);
    if (!before) this.given.set(one.print, one);
    else if (isRepeated(one, before)) this.tell(scan, repeatedText(before.name));
    else throw new BadRequest(conflictText(one, before));
    return !before;
  }

  /** Says what is to be said of all. */
  end(): void {
    this.progress.end();
    for (const text of groupedTexts(this.told, this.scans.length)) this.io.err(`${text}\n`);
    if (this.isAsked && !this.hasSeveral)
      this.io.err('--volume: no scan has several volumes, so it decides nothing\n');
  }
}

async function readPairs(
  pairs: readonly ScanPairPaths[],
  use: GivenImage['use'],
  reader: Reader,
): Promise<ReadScans> {
  const made = noScans();
  const sets: Record<Side, SliceSet>[] = [];
  for (const pair of pairs) {
    const both = { a: await reader.read(pair.a, 'a'), b: await reader.read(pair.b, 'b') };
    const isKnown = SIDES.map((side) => !reader.isNew(both[side], use, side)).includes(true);
    if (isKnown) continue;
    const set = pairSlices({ a: both.a.cut, b: both.b.cut }, pair.a.subject);
    sets.push(set);
    made.aligned.push(pair.a.subject);
    for (const side of SIDES) {
      const { name, statistics } = both[side];
      made.names[side].push(name);
      if (statistics && set.a.count > 0) made.statistics[side].push(statistics);
    }
    if (set.a.count === 0 && both.a.cut.slices.length > 0 && both.b.cut.slices.length > 0)
      reader.tell(pair.a, NO_HEAD_IN_BOTH);
  }
  const of = (side: Side) => joinSlices(sets.map((set) => set[side]));
  return { ...made, slices: { a: of('a'), b: of('b') } };
}

async function readUnpaired(
  a: readonly TrainingScan[],
  b: readonly TrainingScan[],
  reader: Reader,
): Promise<ReadScans> {
  const made = noScans();
  const read = async (scans: readonly TrainingScan[], side: Side) => {
    const sets: SliceSet[] = [];
    const places = new Map<string, Place[]>();
    for (const scan of scans) {
      const one = await reader.read(scan, side);
      if (!reader.isNew(one, 'train', side)) continue;
      const { cut, name, statistics } = one;
      sets.push(ownSlices(cut, scan.subject));
      made.names[side].push(name);
      if (statistics && cut.slices.length > 0) made.statistics[side].push(statistics);
      const { shape, affine, plan } = cut;
      const place = { grid: { shape, affine }, plan: JSON.stringify([plan.i, plan.j]) };
      places.set(scan.subject, [...(places.get(scan.subject) ?? []), place]);
    }
    return { slices: joinSlices(sets), places };
  };
  const ofA = await read(a, 'a');
  // One contrast that is learnt alone is both.
  const ofB = b.length > 0 ? await read(b, 'b') : ofA;
  const aligned = [...ofA.places].flatMap(([subject, placesA]) => {
    const placesB = ofB.places.get(subject) ?? [];
    // Several scans of a subject share its name: their slices cannot be told apart.
    if (placesA.length !== 1 || placesB.length !== 1) return [];
    return sameGrid(placesA[0].grid, placesB[0].grid) && placesA[0].plan === placesB[0].plan ? [subject] : [];
  });
  return { ...made, slices: { a: ofA.slices, b: ofB.slices }, aligned };
}

interface Place {
  grid: Grid;
  plan: string;
}

const noScans = (): Omit<ReadScans, 'slices'> => ({
  names: { a: [], b: [] },
  statistics: { a: [], b: [] },
  aligned: [],
});

const NO_HEAD = 'no slice holds some head; left out';
const NO_HEAD_IN_BOTH = 'no slice holds some head in both scans of the pair; left out';
