/** The Train room's part of the state: plain data, and what can be done to it. */

import type { EntityFilter } from '../../../../volume/entityFilter';
import type { ClientOwnWeights, ClientStartPoint } from '../../../../workers/train/client';
import type {
  AddedVolume,
  CardWords,
  Direction,
  MemoryEstimate,
  PresetName,
  Preview,
  Role,
  Scoring,
  Side,
  StepReport,
  StoredRun,
  TrainCalls,
  TrainProgress,
  TrainSettings,
  UnreadableRun,
  Validation,
  Variant,
} from '../../../../workers/train/protocol';
import type { ModelCard } from '../../../../workers/translate/protocol';
import type { DroppedFile } from './volumeFiles';

/** pausing: asked to stop; the worker still writes its checkpoint. paused and done: a run is open and can be looked at. */
export type TrainPhase = 'idle' | 'running' | 'pausing' | 'paused' | 'done';

/** What a volume is made of, so that it can be cut again when the worker was lost or the grid has changed. */
export type VolumeSource =
  | { kind: 'files'; files: File[]; path: string; volume?: number }
  | { kind: 'phantom' };

export interface TrainVolume {
  /** `place` is null until a worker holds it. */
  added: Omit<AddedVolume, 'place'> & { place: AddedVolume['place'] | null };
  source: VolumeSource;
  /** The client's `losses` when it was added: the worker that holds it is the present one while these are equal. */
  losses: number;
  /** What it was cut for (see gridKey). */
  grid: string;
}

/** What is being read at the moment, for the screen. */
export interface Adding {
  done: number;
  total: number;
  /** true: volumes known already are cut again. */
  again: boolean;
  phantom: boolean;
}

export type Intervals = TrainCalls['train']['params']['every'];

/** The run on the screen: going, paused or done. */
export interface TrainRun {
  runId: string;
  settings: TrainSettings;
  /** Names of its volumes; they are not all in the list any more after a reload. */
  volumes: Record<Role, string[]>;
  /** Null until the first iteration has come. */
  progress: TrainProgress | null;
  /** The validation that goes on; null between two. */
  scoring: Scoring | null;
  /** The previews that are made, where that takes its time; else null. */
  drawing: Scoring | null;
  /** Iterations done. */
  step: number;
  /** All of them, oldest first. */
  steps: readonly StepReport[];
  validations: readonly Validation[];
  /** Oldest first; the latest of this page only. */
  previews: readonly Preview[];
  /** Iterations at the last checkpoint; null before the first one. */
  checkpoint: number | null;
}

/** Where the trained model begins: the choice in the list, and the sources that it stands for. */
export interface StartChoice {
  /** A card's id; null: random. */
  cardId: string | null;
  sources: ClientStartPoint;
}

export const R_NETWORKS = ['rAToB', 'rBToA'] as const;
export type RNetwork = (typeof R_NETWORKS)[number];

/** Own weights that were chosen in this room. */
export interface OwnStart {
  card: ModelCard;
  source: ClientOwnWeights;
}

export interface TrainData {
  phase: TrainPhase;
  settings: TrainSettings;
  every: Intervals;
  start: StartChoice;
  /** By card id. */
  ownStarts: Readonly<Record<string, OwnStart>>;
  /** Of the weights that R starts with, as far as they have been read. */
  rCards: Readonly<Partial<Record<RNetwork, ModelCard>>>;
  /** The card of own weights is being read. */
  isReadingStart: boolean;
  /** In the order in which they pair for validation. */
  volumes: readonly TrainVolume[];
  /** By BIDS entities which of several scans of a contrast are meant. */
  filters: Readonly<Record<Side, EntityFilter>>;
  adding: Adding | null;
  /** For the settings and volumes as they are now, or null. */
  estimate: MemoryEstimate | null;
  isEstimating: boolean;
  /** Start was pressed; volumes and memory are looked after first. */
  isStarting: boolean;
  /** What the worker computes on; null until it has started. */
  backend: string | null;
  /** Which kernels of our own it takes, and why not others: `isOfKernels`. */
  kernels: readonly string[];
  run: TrainRun | null;
  /** The origin's stored runs, latest first; null until they have been asked for. */
  stored: readonly StoredRun[] | null;
  /** Stored runs that cannot be opened, latest first. */
  unreadable: readonly UnreadableRun[];
  /** Whether the browser keeps them until they are deleted; null where it does not say. */
  isKept: boolean | null;
  /** For the cards of models that are taken from the open run. */
  cardWords: (CardWords & { runId: string }) | null;
  /** A model is being written for use or download. */
  isExporting: boolean;
}

/** What the room had before the page was loaded again. */
export interface FormerTrain
  extends Pick<TrainData, 'settings' | 'every' | 'start' | 'ownStarts' | 'filters'> {
  volumes: readonly (Pick<
    AddedVolume,
    'role' | 'name' | 'sliceCount' | 'picked' | 'volumeCount' | 'volume'
  > & {
    path: string;
    /** Null: a phantom. */
    files: File[] | null;
  })[];
}

export interface TrainActions {
  /** Fills the room with what it had; the worker is given its volumes as after a loss. Nothing where it is in use already. */
  restore(former: FormerTrain): void;
  /** The room is on the screen: stored runs and the estimate are asked for, once. */
  enter(): Promise<void>;
  /** Adds scans one by one; with names of several contrasts only those of the role's own. */
  addFiles(role: Role, files: DroppedFile[]): Promise<void>;
  /** Files dropped beside the zones: sorted by the contrast in their names; weights are a start point. */
  dropFiles(files: DroppedFile[]): Promise<void>;
  cancelAdding(): void;
  removeVolume(volumeId: string): Promise<void>;
  /** All of a role. */
  removeVolumes(role: Role): Promise<void>;
  /** Says which volume of a file with several is meant, of this one and of all like it of its role that wait for that. */
  pickVolume(volumeId: string, volume: number): Promise<void>;
  /** Of several scans of a contrast those with one of these values of an entity; null: all. */
  pickEntity(side: Side, entity: string, values: readonly string[] | null): void;
  /** Fills the room with the digital phantom's demo set. */
  tryPhantoms(): Promise<void>;
  /** Fills the room with the fine-tune of a shipped model on real scans that come with the page. */
  tryRealScans(): Promise<void>;
  setContrast(side: Side, suffix: string): void;
  pickPreset(preset: PresetName): void;
  patchSettings(patch: Partial<TrainSettings>): void;
  patchVariant(patch: Partial<Variant>): void;
  setEvery(patch: Partial<Intervals>): void;
  /** A shipped model, an own one of Translate's or of `ownStarts`, by its card; null: random. */
  pickStart(cardId: string | null): void;
  /** Beside a start model, another one for B to A (`backModels`), by its card; null: A to B alone is trained, or B to A begins at random. */
  pickStartBack(cardId: string | null): void;
  setCardWords(patch: Partial<CardWords>): void;
  /** Weights with their card.json where there is one. */
  openStart(files: File[]): Promise<void>;
  /** Weights of an R, which are read at once; null: random. */
  setStartR(network: RNetwork, source: ClientOwnWeights | null): Promise<void>;
  /** Begins a new run. */
  start(): Promise<void>;
  pause(): void;
  resume(runId: string): Promise<void>;
  /** Pauses, closes the run on the screen and gives its memory back; the run stays stored. */
  stop(): Promise<void>;
  /** Shows a stored run's curves. */
  open(runId: string): Promise<void>;
  deleteRun(runId: string): Promise<void>;
  /** Hands over all files of a stored run as they are, also of one that cannot be opened. */
  downloadRun(runId: string): Promise<void>;
  /** Loads the open run's model into the Translate room; whether that went well. */
  useModel(direction: Direction): Promise<boolean>;
  /** Hands over weights and card. */
  downloadModel(direction: Direction): Promise<void>;
}
