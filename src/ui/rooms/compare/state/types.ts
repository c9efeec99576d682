import type { Direction } from '../../../../workers/train/protocol';
import type { ClientModelSource } from '../../../../workers/translate/client';
import type {
  ComparedSlice,
  CompareProgress,
  KeptCell,
  ModelCard,
  SuiteReport,
} from '../../../../workers/translate/protocol';
import type { DroppedFile } from '../../train/state/volumeFiles';

/** Two contrasts, as BIDS suffixes. */
export type Task = Pick<ModelCard, 'source' | 'target'>;

/** A model that can be compared. */
export interface Comparable {
  id: string;
  /** No two have the same. */
  name: string;
  card: ModelCard;
  source: ClientModelSource;
  /** shipped: with the page; translate: the user's own of Translate; here: added in this room. */
  from: 'shipped' | 'translate' | 'here';
}

/** A model that was given and cannot be compared. */
export interface Refused {
  name: string;
  /** A sentence. */
  reason: string;
}

/** An open scan of a pair. The worker has its voxels. */
export interface PairScan {
  scanId: string;
  name: string;
  /** As it was dropped, with its folders. */
  path: string;
  files: File[];
  volumeCount: number;
  /** Null: one of several has to be chosen. */
  volume: number | null;
}

export interface OpenPair {
  /** For people: "sub-01". No two have the same. */
  id: string;
  patient: string;
  task: Task;
  source: PairScan;
  reference: PairScan;
  /** What is odd about it: sentences. */
  notes: readonly string[];
}

/** Suites of the bench beside the scores, which are always measured. */
export type ExtraSuite = 'variability' | 'noise';

/** Slices of each pair; null: all with head. */
export type SliceCount = 3 | 9 | null;

export interface Comparison {
  /** Null until the worker has told something. */
  progress: CompareProgress | null;
  /** Milliseconds since 1970. */
  begun: number;
  /** Share of the work that is done, by the time that it takes; null: not known yet. */
  part: number | null;
  isCancelling: boolean;
}

export interface CompareData {
  /** The user's choice; null: that of the pairs, or of the first model. */
  task: Task | null;
  /** Added in this room. */
  own: readonly Comparable[];
  refused: readonly Refused[];
  /** Ids of those that are left out. */
  left: ReadonlySet<string>;
  isReadingModels: boolean;
  pairs: readonly OpenPair[];
  /** Pairs that are being read. */
  opening: { done: number; total: number } | null;
  slices: SliceCount;
  extras: readonly ExtraSuite[];
  run: Comparison | null;
  /** Every result so far, by its key: nothing is computed twice. */
  kept: ReadonlyMap<string, OwnCell>;
  /** The last of each suite, in the order of the suites. */
  reports: readonly SuiteReport[];
  /** What is odd about any of the pairs so far, each beginning with the pair's id: sentences. */
  remarks: readonly string[];
  /** What they were asked for; null: nothing yet. */
  asked: Asked | null;
  /** Backends that computed them. */
  backends: readonly string[];
  /** By `sliceKey`. */
  made: ReadonlyMap<string, ComparedSlice>;
  /** What is looked at; null: the first that there is. */
  shown: { pairId: string; index: number } | null;
}

/** What reports are of, as it was then: models and scans may be removed while their results stand. */
export interface Asked {
  task: Task;
  models: readonly AskedModel[];
  pairs: readonly AskedPair[];
  slices: SliceCount;
  suites: readonly string[];
}

export interface AskedModel extends Pick<Comparable, 'id' | 'name'> {
  cardId: string;
  method: string;
  steps: number;
  sha256: string;
}

export interface AskedPair {
  id: string;
  source: AskedScan;
  reference: AskedScan;
}

export interface AskedScan {
  name: string;
  /** Null: its file has one. */
  volume: number | null;
}

/** A result, and what computed it. */
export interface OwnCell extends KeptCell {
  backend: string | null;
}

export interface CompareActions {
  pickTask(task: Task): void;
  toggleModel(id: string): void;
  /** Files of weights with their cards, folders too; each by itself. */
  addModels(files: DroppedFile[]): Promise<void>;
  /** The model of a stored run. */
  addRun(runId: string, direction: Direction): Promise<void>;
  /** One of this room, or by its name one that was refused. */
  removeModel(id: string): void;
  /** Scans in any order, paired by their names; weights among them are models. */
  dropFiles(files: DroppedFile[]): Promise<void>;
  useTranslate(): Promise<void>;
  cancelReading(): void;
  removePair(id: string): void;
  pickVolume(pairId: string, which: 'source' | 'reference', volume: number): Promise<void>;
  setSlices(slices: SliceCount): void;
  toggleExtra(suite: ExtraSuite): void;
  /** The demo's scans, the shipped models of their contrasts, and a start. */
  tryIt(): Promise<void>;
  /** Goes on where it was cancelled, or where something was added. */
  start(): Promise<void>;
  cancel(): void;
  show(pairId: string, index: number): void;
  /** To another slice of the pair that is looked at, of those that are there. */
  stepSlice(delta: number): void;
}
