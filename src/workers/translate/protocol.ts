/**
 * What crosses the worker line: types only. README.md beside this file gives the states and who owns which buffer.
 *
 * Every request has an id; its answers carry the same id. A long request may send `event`s before its one `done` or
 * `failed`. `cancel` names the request to stop; it then fails with name "Aborted" within one reverse step, for which the page waits
 * only where its answer matters.
 */
import type { BackendName, EngineInfo } from '../../engine/backend/backend';
import type { MemoryUse } from '../../engine/backend/memory';
import type { BenchOptions } from '../../engine/bench/bench';
import type { SuiteProgress } from '../../engine/bench/runSuite';
import type { CellResult } from '../../engine/bench/suite';
import type { SuiteReport } from '../../engine/bench/suiteReport';
import type { CustomSettings } from '../../engine/cards/customCard';
import type { ModelCard } from '../../engine/cards/modelCard';
import type { Missing } from '../../engine/evaluation/metrics/missing';
import type { ModelInput } from '../../engine/inputWarnings';
import type { Provenance } from '../../engine/provenance';
import type { GivenStyle } from '../../engine/style';
import type { TranslateSettings } from '../../engine/translateSlices';
import type { InputWarning } from '../../volume/checkInput';
import type { Image3 } from '../../volume/image';
import type { RelativeMap } from '../../volume/intensity';
import type { ScreenImage } from '../../volume/modelImage';
import type { NamedBlob } from '../../volume/namedBlob';
import type { ColdStart } from './coldStart';

export type { AdapterDescription, BackendName, BackendTrial, EngineInfo } from '../../engine/backend/backend';
export type { CellResult } from '../../engine/bench/suite';
export type { Chart, Column, SuiteReport, Table, TableRow, TableValue } from '../../engine/bench/suiteReport';
export type { CustomSettings } from '../../engine/cards/customCard';
export type { ModelCard } from '../../engine/cards/modelCard';
export type { Missing } from '../../engine/evaluation/metrics/missing';
export type { ModelInput } from '../../engine/inputWarnings';
export type { GeneratorConfig } from '../../engine/networks/ncsnpp/config';
export type { Provenance } from '../../engine/provenance';
export type { GivenStyle } from '../../engine/style';
export type { TranslateSettings } from '../../engine/translateSlices';
export type { InputWarning } from '../../volume/checkInput';
export type { IntensityFrame, IntensityMap, RelativeMap } from '../../volume/intensity';

export interface Diagnostics extends EngineInfo {
  versions: Record<string, string>;
  userAgent: string;
  memory: MemoryUse;
  /** What computed the last slice of the model, where its method has kernels of our own. */
  path?: string;
  /** Milliseconds by what was timed: weights, compile (first step), step, slice. */
  timings: Record<string, number>;
  /** Of the model that was loaded last, once it has made a slice. */
  coldStart?: ColdStart;
}

/**
 * A scan as the page holds it: NaN and infinities are replaced by the finite minimum. `voxels` are read only: where the browser
 * allows it they are the worker's own, in memory that both share.
 */
export interface Scan extends Image3 {
  scanId: string;
  /** File name as dropped. */
  name: string;
  /** Direction codes of the stored axes, e.g. "LPS". */
  storedAxes: string;
  /** Of the stored voxels, as numpy prints it. */
  dtype: string;
  volumeCount: number;
  volumeIndex: number;
  /** Finite minimum and maximum, and a robust window (0.5th to 99.5th percentile). */
  range: { min: number; max: number; low: number; high: number };
  /** The value that each intensity map of arbitrary units sends to +1 (0 goes to -1). */
  upper: Record<RelativeMap, number>;
  /** Values above this are foreground (10 % of the 99.9th percentile; CT: -500 HU). */
  foregroundThreshold: number;
  /** Share of foreground pixels of each axial slice, 0..1. */
  foregroundBySlice: Float32Array;
  /** Sentences for the screen: unusual spacing, few slices, few values... */
  warnings: string[];
}

/** One model in the picker. */
export interface LoadedModel {
  modelId: string;
  card: ModelCard;
  /** Number of parameters. */
  parameters: number;
  /** true: dropped in by the user. */
  custom: boolean;
  fromCache: boolean;
}

export interface SliceResult {
  /** Axial slice of the canonical volume. */
  index: number;
  /** Synthetic slice on the scan's own in-plane grid, ni*nj, i fastest, in the target's frame: the source's units, or HU. */
  image: Float32Array;
  /** Standard deviation over samples, same grid; null for one sample. */
  spread: Float32Array | null;
  /** The reverse chain of the first sample at the model's size: x_T first, then the x0 estimates of steps n-1 .. 0. */
  strip: { frames: ScreenImage[]; labels: string[] };
  ms: number;
}

export interface TranslateProgress {
  /** Slices finished and asked for. */
  done: number;
  total: number;
  /** Reverse steps finished over all slices and samples, and their number. */
  stepsDone: number;
  stepsTotal: number;
  elapsedMs: number;
  /** Estimate; null until one step has been timed. */
  remainingMs: number | null;
  /** true while the first step builds its kernels. */
  compiling: boolean;
}

/**
 * On the scale of the model's intensity map, data range 1, nothing clipped: PSNR in dB, null where the images are identical; SSIM
 * Gaussian 11x11, sigma 1.5; MAE in parts of the data range.
 */
export interface Score {
  psnr: number | null;
  ssim: number;
  mae: number;
}

export interface SliceScore {
  index: number;
  /** null where the slice has no score, for the reason that `missing` gives. */
  whole: Score | null;
  /** Over the reference's foreground only; null where the slice has none. */
  foreground: Score | null;
  missing: Missing | null;
}

/** The synthetic slice against the reference, and a plain copy of the source, scored as if it were the result. */
export interface ScorePair {
  synthetic: SliceScore;
  copy: SliceScore;
}

export interface SavedFiles {
  /** e.g. sub-01_desc-synth_FLAIR.nii.gz */
  imageName: string;
  image: Blob;
  sidecarName: string;
  sidecar: string;
}

export interface LoadProgress {
  receivedBytes: number;
  totalBytes: number;
}

/** A file of the user's: cloned as a handle, and read by the worker. */
export type InputFile = NamedBlob;

/**
 * A model that ships with the page, or the user's own weights. A card that lies beside own weights decides everything;
 * without one the settings do, and what they leave open is guessed.
 */
export type ModelSource =
  | { kind: 'shipped'; id: string }
  | { kind: 'file'; file: InputFile; settings?: CustomSettings; card?: InputFile };

/** A model of a comparison; its weights are read when its turn comes. */
export interface ComparedModel<Source = ModelSource> {
  /** No two have the same. */
  id: string;
  /** No two have the same, or they are taken for runs of one method. */
  name: string;
  card: ModelCard;
  source: Source;
}

/** A real pair of a comparison: two open scans on one grid. */
export interface ComparedPair {
  /** No two have the same. */
  id: string;
  /** Two visits of a person are one patient. */
  patient: string;
  /** Says what the scans are: results are kept under it. */
  data: string;
  sourceScanId: string;
  referenceScanId: string;
}

/** A cell's result, which the page keeps. */
export interface KeptCell {
  key: string;
  result: CellResult<unknown>;
}

/** Models of one task on pairs of it. */
export interface CompareRequest<Source = ModelSource> {
  /** Of engine/bench/suites, in this order. */
  suites: readonly string[];
  models: readonly ComparedModel<Source>[];
  pairs: readonly ComparedPair[];
  options: BenchOptions;
  /** What is not computed again. */
  kept: readonly KeptCell[];
}

export interface CompareProgress extends SuiteProgress {
  /** The suite at work, of how many. */
  suite: number;
  suites: number;
}

/** A slice for the screen, on the scale of the model's intensity map: what is 0 and below is 0, what is 1 and above 65535. */
export interface ComparedSlice {
  pairId: string;
  /** Axial slice of the pair. */
  index: number;
  /** A model's id; `source` or `reference`: what the models were given, and what they are held against. */
  of: string;
  /** i fastest, j upwards. */
  pixels: Uint16Array;
  width: number;
  height: number;
  /** mm per pixel, [x, y]. */
  spacing: [number, number];
}

export type CompareEvent =
  | { progress: CompareProgress }
  | { cell: KeptCell }
  /** Of a suite with what is there by now. */
  | { report: SuiteReport }
  /** What is odd about a pair, for one of the models: "sub-01: ...". */
  | { remark: string }
  | { slice: ComparedSlice };

/** What any protocol's table of calls has of each. */
export type CallTable<C> = { [K in keyof C]: { params: unknown; event: unknown; result: unknown } };

/** How a scan lies on the grid of another one. */
export interface Match {
  /** true: it had another grid and was resampled (trilinear). */
  resampled: boolean;
  /** How much of the smaller head lies within the other, 0..1. */
  overlap: number;
  /** Both are one image. */
  same: boolean;
}

/** Request -> its parameters, events and result. */
export interface Calls {
  /** threads: on wasm; null is what the engine thinks best. */
  start: {
    params: { backend: 'auto' | BackendName; threads: number | null };
    event: never;
    result: EngineInfo;
  };
  models: { params: Record<string, never>; event: never; result: ModelCard[] };
  openScan: {
    params: { files: InputFile[]; volume?: number; scanId: string };
    /** The share of the voxels that have been read, 0..1. */
    event: { read: number };
    result: Scan;
  };
  /** Resamples the scan (trilinear) to the grid of another one where they differ; used for references. */
  matchGrid: {
    params: { scanId: string; toScanId: string };
    event: never;
    result: { scan: Scan } & Match;
  };
  closeScan: { params: { scanId: string }; event: never; result: null };
  /** How the scan suits a model; its weights need not be loaded. */
  checkInput: { params: { scanId: string; model: ModelInput }; event: never; result: InputWarning[] };
  loadModel: { params: { source: ModelSource }; event: LoadProgress; result: LoadedModel };
  /** The card of a model and whether its weights are its own; nothing is put on the backend. */
  readModel: { params: { source: ModelSource }; event: LoadProgress; result: ModelCard };
  /** The style of an open scan of the target contrast, by the encoder of the loaded model: for `settings` of a translation. */
  readStyle: { params: { scanId: string; modelId: string }; event: never; result: GivenStyle };
  /** A model that fails is a row with a reason. Aborted within one reverse step: the events have told what is done. */
  compare: { params: CompareRequest; event: CompareEvent; result: null };
  translate: {
    params: {
      scanId: string;
      modelId: string;
      slices: number[];
      settings: TranslateSettings;
      /** By the shorter chain of a method that has one (methods/preview.ts); such slices are never scored. */
      preview?: boolean;
      /** Slices at a time, 1 where not told; fewer where the memory is not enough. */
      batch?: number;
    };
    event: { slice: SliceResult } | { progress: TranslateProgress };
    result: Provenance;
  };
  score: {
    params: {
      /** What was translated. */
      scanId: string;
      /** On its grid, by itself or by `matchGrid`. */
      referenceScanId: string;
      /** What made the slices: their intensity map scales the reference too, in arbitrary units to an upper value of its own. */
      provenance: Provenance;
      slices: { index: number; image: Float32Array }[];
    };
    event: never;
    result: ScorePair[];
  };
  save: {
    params: {
      scanId: string;
      provenance: Provenance;
      slices: { index: number; image: Float32Array }[];
      dtype: 'float32' | 'int16';
    };
    /** The share of the voxels that are written, 0..1. */
    event: { saved: number };
    result: SavedFiles;
  };
  diagnostics: { params: Record<string, never>; event: never; result: Diagnostics };
}

export type CallName = keyof Calls;

export type Request =
  | { [K in CallName]: { id: number; call: K; params: Calls[K]['params'] } }[CallName]
  | { id: number; call: 'cancel' };

export interface SerialisedError {
  name: string;
  message: string;
  stack?: string;
}

export type Response =
  | { id: number; kind: 'done'; result: unknown }
  | { id: number; kind: 'event'; event: unknown }
  | { id: number; kind: 'failed'; error: SerialisedError }
  /** Unasked: the GPU device was lost or reported an error; the client restarts the worker. */
  | { id: -1; kind: 'lost'; error: SerialisedError };
