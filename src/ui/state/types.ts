import type { PlaneView } from '../../volume/planes';
import type { Role } from '../../workers/train/protocol';
import type { OwnModelSource } from '../../workers/translate/client';
import type {
  BackendName,
  CustomSettings,
  Diagnostics,
  EngineInfo,
  InputWarning,
  LoadedModel,
  LoadProgress,
  Match,
  ModelCard,
  Provenance,
  Scan,
  ScorePair,
  SliceResult,
  TranslateProgress,
  TranslateSettings,
} from '../../workers/translate/protocol';
import type { CompareActions, CompareData } from '../rooms/compare/state/types';
import type { TrainActions, TrainData } from '../rooms/train/state/types';
import type { Demo } from '../rooms/translate/state/demos';
import type { Probe, ViewTransform, WindowLevel } from '../viewer/types';
import type { Leftovers } from './keep/leftovers';

export type BackendChoice = 'auto' | BackendName;

export interface EngineState {
  phase: 'starting' | 'ready' | 'failed';
  requested: BackendChoice;
  /** As it runs now: after a lost GPU the backend may be another one than at the start. */
  info: EngineInfo | null;
  /** The backend chosen at the start: part of the recipe, so that a fallback in between does not hide finished slices. */
  startedOn: BackendName | null;
  /** Why it does not run; set exactly while `phase` is failed. */
  failure: string | null;
}

/** A finished slice but for its pixels, and the backend that really made it. */
export interface MadeSlice extends Pick<SliceResult, 'index' | 'strip' | 'ms'> {
  backend: BackendName;
}

/**
 * What one recipe has made, on the scan's own grid. It is filled in place as slices come: a copy of the volume for each would be
 * quadratic in their number. `ResultSet.version` tells of a change.
 */
export interface MadeVolume {
  /** The slices in which it is made. */
  readonly view: PlaneView;
  /** In the target's frame; 0 where nothing is made. */
  readonly voxels: Float32Array;
  /** Standard deviation over the samples; null for one sample. */
  readonly spread: Float32Array | null;
  /** One byte a slice of `view`: 1 where it is made. */
  readonly done: Uint8Array;
  /** By slice, in the order in which they came. */
  readonly slices: Map<number, MadeSlice>;
}

/** A scan of the target contrast, on the source's grid. */
export interface Reference extends Match {
  scan: Scan;
}

/** A scan that has been read, before the user has said what becomes of it. */
export interface DropQuestion {
  scan: Scan;
  /** It is to be the source: what is asked is whether what would be lost may go. */
  isSaid: boolean;
  canBeReference: boolean;
  /** Name of the scan that was dropped with it, to be its reference. */
  reference: string | null;
}
export type DropAnswer = 'source' | 'reference' | 'cancel';

/** Scans that were dropped together, and no name tells which of them are meant. Places in `paths`. */
export interface PickQuestion {
  paths: readonly string[];
  /** Where the choice begins; null: the source that is open stays, and the reference alone is asked for. */
  source: number | null;
  reference: number | null;
  /** Why it begins there. */
  why: string;
}
export type PickAnswer = Pick<PickQuestion, 'source' | 'reference'>;

/** Where files can be dropped that thereby are what the place is for. */
export const DROP_ZONES = ['source', 'reference', 'weights'] as const;
export type DropZone = (typeof DROP_ZONES)[number];

/** Found for one scan and one card. */
export interface InputCheck {
  scanId: string;
  card: ModelCard;
  warnings: readonly InputWarning[];
}

/** Which slices Translate asks for. Slice numbers are voxel indices k, counted from 0; `to` is included. */
export type SliceRange = { kind: 'visible' } | { kind: 'head' } | { kind: 'span'; from: number; to: number };

/** What the user sets of a translation. */
export interface PageSettings extends TranslateSettings {
  /** Models of many steps, whose methods have a shorter chain, run that one. */
  preview: boolean;
}

/** Everything that decides the bytes of a result. Two equal recipes give the same slices. */
export interface Recipe extends TranslateSettings {
  scanId: string;
  cardId: string;
  /** Of how many steps a preview takes those of `model.diffusion`; absent: it is no preview. */
  previewOf?: number;
  /** Own weights can be given other settings, or a card, under the same id. */
  model: Pick<ModelCard, 'source' | 'target' | 'network' | 'preprocessing' | 'diffusion'>;
  backend: BackendName;
}

/** Slices made by one recipe. They are shown only while that recipe is the chosen one. */
export interface ResultSet {
  key: string;
  recipe: Recipe;
  /** How own weights were loaded for it; null for a shipped model. */
  own: OwnModelSource | null;
  provenance: Provenance;
  made: MadeVolume;
  /** Counts the slices that came: a set that grew is another object, with the same `made`. */
  version: number;
  /** The version that the user has downloaded last; 0: none. */
  saved: number;
  /** Against the present reference; emptied when the reference changes. */
  scores: ReadonlyMap<number, ScorePair>;
}

export interface Run {
  phase: 'loading' | 'translating';
  load: LoadProgress | null;
  progress: TranslateProgress | null;
  /** Slices asked for, in the order in which they are done. */
  slices: readonly number[];
  /** Asked to stop; the step at work is still finished. */
  isCancelling: boolean;
}

export const VIEW_MODES = ['side', 'difference', 'swipe', 'checkerboard', 'blend', 'spread'] as const;
export type ViewMode = (typeof VIEW_MODES)[number];

/**
 * Panes of one group share a window. Windows are in normalised intensity, 0 to 1 between the values that the model calls -1 and
 * +1; those of `hu` in Hounsfield units, of `huDifference` and `huSpread` in differences of them.
 */
export type WindowGroup = 'image' | 'difference' | 'spread' | 'hu' | 'huDifference' | 'huSpread';

export interface ViewState {
  slice: number;
  mode: ViewMode;
  windows: Record<WindowGroup, WindowLevel>;
  transform: ViewTransform;
  probe: Probe;
  /** Swipe position or blend weight of the synthetic image, 0..1. */
  mix: number;
}

/** What a notice is about: what is open in a zone, the volumes of a role, or what was dropped on Train and not taken, what is in Compare. */
export type NoticeTopic = DropZone | Role | 'style' | 'train' | 'volumes' | 'compare';

export interface Notice {
  id: number;
  /** Info goes by itself; warnings and errors stay until dismissed, or overtaken by what their topic is later. */
  tone: 'info' | 'warn' | 'error';
  /** A sentence a line. */
  text: string;
  topic: NoticeTopic | null;
  /** It has stood on the screen long enough. */
  isRead: boolean;
}

export interface AppData {
  engine: EngineState;
  /** Wanted on wasm; null: as many as the engine thinks best. */
  threads: number | null;
  /** Slices at a time on a GPU; null: one after the other. */
  batch: number | null;
  models: ModelCard[];
  /** Models whose weights have been read, by card id. */
  loaded: Record<string, LoadedModel>;
  /** Where own weights come from, by card id: the engine holds one model, so they may have to be read again. */
  own: Record<string, OwnModelSource>;
  /** Card id of the one model whose weights the engine holds now. */
  held: string | null;
  /** The chosen model. */
  cardId: string | null;
  /** What is being read at the moment, for the screen. */
  opening: 'source' | 'reference' | 'weights' | 'style' | null;
  /** How much of the scan that is being read is there, 0..1; null before the first of it. */
  read: number | null;
  /** How much of the image is written that is being saved, 0..1; null where none is. */
  saving: number | null;
  /** What was open before the page was loaded again is not all there yet. */
  isReturning: boolean;
  /** What was open before and cannot be brought back. */
  leftovers: Leftovers | null;
  source: Scan | null;
  /** The files of `source`, to read another volume of them. */
  sourceFiles: File[];
  reference: Reference | null;
  /** The files of `reference`, to read another volume of them. */
  referenceFiles: File[];
  question: DropQuestion | null;
  pick: PickQuestion | null;
  /** How the source suits a model; null until the engine has looked. */
  inputCheck: InputCheck | null;
  settings: PageSettings;
  range: SliceRange;
  run: Run | null;
  /** Oldest first. */
  results: readonly ResultSet[];
  view: ViewState;
  notices: readonly Notice[];
  train: TrainData;
  compare: CompareData;
}

export interface AppActions {
  start(backend: BackendChoice): Promise<void>;
  /** Remembers how many threads are wanted on wasm, and starts the engine with them. */
  useThreads(count: number | null): Promise<void>;
  /** Remembers how many slices are wanted at a time: of the next translation. */
  useBatch(count: number | null): void;
  /**
   * Opens dropped files as what the zone is for, or sorts them into scans and weights. Settles when questions are answered.
   * @param pathOf with the folders that were dropped
   */
  dropFiles(files: File[], zone?: DropZone, pathOf?: (file: File) => string): Promise<void>;
  /** The user's word on the open question. */
  answerDrop(answer: DropAnswer): void;
  /** What becomes of what cannot be brought back; after delete and close it is not spoken of any more. */
  answerLeftovers(answer: 'download' | 'delete' | 'close'): Promise<void>;
  /** Null: none of them. */
  answerPick(answer: PickAnswer | null): void;
  /** Reads a new source, and asks where something would be lost with the old one. */
  openSource(files: File[], volume?: number): Promise<void>;
  openReference(files: File[], volume?: number): Promise<void>;
  /** Reads the style of a scan by the chosen model's encoder, and chooses it. */
  openStyle(files: File[]): Promise<void>;
  /** The scan that is being read is not opened; what was open stays. */
  cancelReading(): void;
  removeSource(): void;
  removeReference(): void;
  /** Files of weights, or one of them with its card.json. */
  addWeights(files: File[]): Promise<void>;
  /** Loads own weights again as what the user says that they are; results of former settings are kept, not shown. */
  describeOwn(cardId: string, settings: CustomSettings): Promise<void>;
  /**
   * Opens the demo's scan with its reference, if there is one, picks the model and translates the visible slice and its
   * neighbours; all slices with head are then the chosen range.
   */
  tryDemo(demo: Demo): Promise<void>;
  /** Takes own weights off the list, with what they have made. Not while a run goes on. */
  removeModel(cardId: string): void;
  pickModel(cardId: string): void;
  setSettings(patch: Partial<PageSettings>): void;
  setRange(range: SliceRange): void;
  /** Translates the chosen range, or the given slices; slices that this recipe has already made are skipped. */
  translate(slices?: readonly number[]): Promise<void>;
  cancel(): void;
  /** Goes back to the model and settings that made an earlier result. */
  recall(key: string): Promise<void>;
  save(dtype: 'float32' | 'int16'): Promise<void>;
  setSlice(slice: number): void;
  stepSlice(delta: number): void;
  setMode(mode: ViewMode): void;
  setWindow(group: WindowGroup, next: WindowLevel): void;
  setTransform(next: ViewTransform): void;
  setProbe(probe: Probe): void;
  setMix(mix: number): void;
  /** Zoom, pan and windows as at first. */
  resetView(): void;
  /** Null, with a notice, when the engine cannot answer. */
  diagnostics(): Promise<Diagnostics | null>;
  /** @param text of several sentences each is a line of one notice */
  notify(tone: Notice['tone'], text: string | readonly string[], topic?: NoticeTopic | null): void;
  markRead(id: number): void;
  dismiss(id: number): void;
  dismissAll(): void;
  train: TrainActions;
  compare: CompareActions;
}

export interface AppState extends AppData {
  actions: AppActions;
}
