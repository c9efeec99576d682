/**
 * The page's view of the engine. It owns the worker: starts it, asks, cancels, and when the worker dies or the GPU is lost
 * starts another, opens the same scans and model again and goes on with the slices that are missing.
 * All methods reject with an Error whose `name` is one of src/errors.ts.
 */
import { inputFiles } from '../line/inputFiles';
import { cancelled, type MakeWorker, namedError, type WorkerLike, WorkerLink } from '../line/link';
import type {
  BackendName,
  CallName,
  Calls,
  CompareEvent,
  CompareRequest,
  CustomSettings,
  Diagnostics,
  EngineInfo,
  GivenStyle,
  InputWarning,
  LoadedModel,
  LoadProgress,
  Match,
  ModelCard,
  ModelInput,
  ModelSource,
  Provenance,
  SavedFiles,
  Scan,
  ScorePair,
  SliceResult,
  TranslateProgress,
  TranslateSettings,
} from './protocol';

export type { MakeWorker, WorkerLike } from '../line/link';

/** Weights of the user's, and either the card that came with them or what the user says of them. */
export interface OwnModelSource {
  kind: 'file';
  file: File;
  settings?: CustomSettings;
  card?: File;
}

/** Weights that ship with the page, or the user's own. */
export type ClientModelSource = { kind: 'shipped'; id: string } | OwnModelSource;

export interface TranslateRequest {
  scanId: string;
  modelId: string;
  /** In the order to be done. */
  slices: number[];
  settings: TranslateSettings;
  /** By the shorter chain of a method that has one. */
  preview?: boolean;
  /** Slices at a time, 1 where not told. */
  batch?: number;
}

export interface OpenOptions {
  volume?: number;
  /** The share of the voxels that have been read, 0..1. */
  onRead?: (share: number) => void;
  signal?: AbortSignal;
}

export interface TranslateOptions {
  onSlice: (slice: SliceResult) => void;
  onProgress?: (progress: TranslateProgress) => void;
  signal?: AbortSignal;
}

export interface EngineClient {
  /** Picks a backend and runs the self-test; again to change the backend. */
  start(backend?: 'auto' | BackendName): Promise<EngineInfo>;
  models(): Promise<ModelCard[]>;
  /** .nii, .nii.gz, or a .hdr/.img pair. Rejects with Aborted on the signal, and holds nothing of the scan. */
  openScan(files: File[], options?: OpenOptions): Promise<Scan>;
  /** Resamples a scan to the grid of another one where they differ. */
  matchGrid(scanId: string, toScanId: string): Promise<{ scan: Scan } & Match>;
  /** Close scans that were matched to its grid with it: a new worker could not match them again. */
  closeScan(scanId: string): Promise<void>;
  /** How a scan suits a model; its weights need not be loaded. */
  checkInput(scanId: string, model: ModelInput): Promise<InputWarning[]>;
  /** The card of own weights, theirs or guessed; what is loaded stays. */
  readModel(source: ClientModelSource, options?: { signal?: AbortSignal }): Promise<ModelCard>;
  /** The style of an open scan by the loaded model's encoder. */
  readStyle(scanId: string, modelId: string): Promise<GivenStyle>;
  /** Rejects with Aborted on the signal; what the events have told is done. Cells that were told are not computed again after a restart. */
  compare(
    request: CompareRequest<ClientModelSource>,
    options: { onEvent: (event: CompareEvent) => void; signal?: AbortSignal },
  ): Promise<void>;
  loadModel(
    source: ClientModelSource,
    options?: { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal },
  ): Promise<LoadedModel>;
  /** Rejects with Aborted on the signal. Slices that were handed out stay valid across a restart. */
  translate(request: TranslateRequest, options: TranslateOptions): Promise<Provenance>;
  score(params: Calls['score']['params']): Promise<ScorePair[]>;
  /** @param onSaved told the share of the voxels that are written, 0..1; from 0 again where the worker was replaced */
  save(params: Calls['save']['params'], onSaved?: (share: number) => void): Promise<SavedFiles>;
  diagnostics(): Promise<Diagnostics>;
  /** Called whenever the worker had to be started again, with the reason. */
  onRestart(listener: (reason: string) => void): () => void;
  dispose(): void;
}

const makeEngineWorker: MakeWorker = (name) =>
  new Worker(new URL('./translate.worker.ts', import.meta.url), { type: 'module', name });

/** After this many losses without a finished slice in between the GPU is given up for wasm. */
const LOSSES_BEFORE_WASM = 2;

/** @param threads asked at each start of a worker: how many are wanted on wasm, null where the engine shall choose */
export function createEngineClient(
  makeWorker: MakeWorker = makeEngineWorker,
  threads: () => number | null = () => null,
): EngineClient {
  return new Client(makeWorker, threads);
}

/** Calls that are made again of the next worker. A file that has brought a worker down is not opened a second time. */
const MADE_AGAIN: ReadonlySet<CallName> = new Set([
  'checkInput',
  'loadModel',
  'readStyle',
  'translate',
  'score',
  'save',
  'compare',
]);

/** Cancelled ones are over for the page at once; the worker ends their step before it begins another of them. */
const LEFT_AT_ONCE: ReadonlySet<CallName> = new Set(['loadModel', 'translate', 'compare']);

class Client implements EngineClient {
  private readonly link: WorkerLink<Calls>;
  private scanCount = 0;
  private backend: 'auto' | BackendName = 'auto';
  /** What a new worker must be told to be where the old one was. */
  private readonly scans = new Map<string, { files: File[]; volume?: number; matchTo?: string }>();
  private model: ClientModelSource | null = null;
  /** While a worker is brought up; other calls wait for its end, good or bad. */
  private bringingUp: Promise<void> | null = null;
  /** Counts bring-ups: one that finds a later number has been overtaken and ends. */
  private turn = 0;
  /** Why there will be no worker until the next `start`. */
  private down: Error | null = null;
  private losses = 0;
  /** Slices at a time of the translation that runs; half as many after a loss, which is none of the backend's then. */
  private batch = 1;
  private readonly listeners = new Set<(reason: string) => void>();

  constructor(
    makeWorker: MakeWorker,
    private readonly threads: () => number | null,
  ) {
    this.link = new WorkerLink({
      makeWorker,
      name: 'syndiff-engine',
      lost,
      onLost: (reason) => this.afterLoss(reason),
    });
  }

  start(backend: 'auto' | BackendName = 'auto'): Promise<EngineInfo> {
    this.backend = backend;
    this.losses = 0;
    this.link.close('the engine was started again');
    return this.bringUp();
  }

  models(): Promise<ModelCard[]> {
    return this.ask('models', () => ({}));
  }

  async openScan(files: File[], { volume, onRead, signal }: OpenOptions = {}): Promise<Scan> {
    const scanId = `scan-${this.scanCount++}`;
    const params = { files: inputFiles(files), volume, scanId };
    const scan = await this.ask('openScan', () => params, onRead && (({ read }) => onRead(read)), signal);
    this.scans.set(scanId, { files, volume });
    return scan;
  }

  async matchGrid(scanId: string, toScanId: string): Promise<{ scan: Scan } & Match> {
    const result = await this.ask('matchGrid', () => ({ scanId, toScanId }));
    const scan = this.scans.get(scanId);
    if (scan) scan.matchTo = toScanId;
    return result;
  }

  async closeScan(scanId: string): Promise<void> {
    this.scans.delete(scanId);
    await this.ask('closeScan', () => ({ scanId }));
  }

  checkInput(scanId: string, { source, preprocessing, inputs }: ModelInput): Promise<InputWarning[]> {
    return this.ask('checkInput', () => ({ scanId, model: { source, preprocessing, inputs } }));
  }

  async loadModel(
    source: ClientModelSource,
    { onProgress, signal }: { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal } = {},
  ): Promise<LoadedModel> {
    const params = { source: sourceOf(source) };
    const loaded = await this.ask('loadModel', () => params, onProgress, signal);
    this.model = source;
    return loaded;
  }

  readModel(source: ClientModelSource, { signal }: { signal?: AbortSignal } = {}): Promise<ModelCard> {
    const params = { source: sourceOf(source) };
    return this.ask('readModel', () => params, undefined, signal);
  }

  readStyle(scanId: string, modelId: string): Promise<GivenStyle> {
    return this.ask('readStyle', () => ({ scanId, modelId }));
  }

  async compare(
    request: CompareRequest<ClientModelSource>,
    { onEvent, signal }: { onEvent: (event: CompareEvent) => void; signal?: AbortSignal },
  ): Promise<void> {
    const kept = [...request.kept];
    const models = request.models.map((model) => ({ ...model, source: sourceOf(model.source) }));
    await this.ask(
      'compare',
      () => ({ ...request, models, kept: [...kept] }),
      (event) => {
        if ('cell' in event) kept.push(event.cell);
        // Something of a model's chain came out.
        if ('slice' in event || 'cell' in event) this.losses = 0;
        onEvent(event);
      },
      signal,
    );
  }

  async translate(
    request: TranslateRequest,
    { onSlice, onProgress, signal }: TranslateOptions,
  ): Promise<Provenance> {
    const done = new Set<number>();
    // What former workers have done of this request.
    let before = { slices: 0, elapsedMs: 0 };
    let elapsedMs = 0;
    this.batch = request.batch ?? 1;
    const missing = () => {
      before = { slices: done.size, elapsedMs };
      const slices = request.slices.filter((index) => !done.has(index));
      return { ...request, slices, batch: this.batch };
    };
    return this.ask(
      'translate',
      missing,
      (event) => {
        if ('slice' in event) {
          done.add(event.slice.index);
          this.losses = 0;
          onSlice(event.slice);
        } else {
          const progress = wholeProgress(event.progress, before);
          elapsedMs = progress.elapsedMs;
          onProgress?.(progress);
        }
      },
      signal,
    );
  }

  score(params: Calls['score']['params']): Promise<ScorePair[]> {
    return this.ask('score', () => params);
  }

  save(params: Calls['save']['params'], onSaved?: (share: number) => void): Promise<SavedFiles> {
    return this.ask('save', () => params, onSaved && (({ saved }) => onSaved(saved)));
  }

  diagnostics(): Promise<Diagnostics> {
    return this.ask('diagnostics', () => ({}));
  }

  onRestart(listener: (reason: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.listeners.clear();
    this.turn++;
    this.down = lost('the engine was closed');
    this.link.close('the engine was closed');
  }

  /** A call that waits for a worker that is being brought up. `params` is asked for whenever the call is made. */
  private async ask<K extends CallName>(
    call: K,
    params: () => Calls[K]['params'],
    onEvent?: (event: Calls[K]['event']) => void,
    signal?: AbortSignal,
  ): Promise<Calls[K]['result']> {
    for (;;) {
      while (this.bringingUp) await unlessAborted(this.bringingUp, call, signal);
      if (this.down) throw this.down;
      try {
        const leavesAtOnce = LEFT_AT_ONCE.has(call);
        return await this.link.call(this.link.open(), call, params(), { onEvent, signal, leavesAtOnce });
      } catch (error) {
        if (!isLoss(error)) throw error;
        if (signal?.aborted) throw cancelled(call);
        if (!MADE_AGAIN.has(call) || !this.bringingUp) throw error;
      }
    }
  }

  private afterLoss(reason: string): void {
    if (this.batch > 1) this.batch = Math.floor(this.batch / 2);
    else this.losses++;
    // One that is being brought up is told by its own calls being rejected.
    if (this.bringingUp) return;
    if (this.losses > LOSSES_BEFORE_WASM) this.giveUp(reason, lost(reason));
    else void this.restart(reason);
  }

  private async restart(reason: string): Promise<void> {
    const turn = this.turn + 1;
    try {
      await this.bringUp();
      const how = this.losses >= LOSSES_BEFORE_WASM ? 'It goes on with wasm' : 'It was started again';
      this.tell(`The engine stopped (${reason}). ${how}; finished slices are kept.`);
    } catch (error) {
      // Overtaken by the user's own start, or closed: nothing to tell.
      if (turn === this.turn) this.giveUp(reason, error as Error);
    }
  }

  private giveUp(reason: string, error: Error): void {
    this.down = error;
    this.tell(`The engine stopped (${reason}) and could not be started again; reload the page.`);
  }

  private tell(sentence: string): void {
    for (const listener of this.listeners) listener(sentence);
  }

  /** Starts a worker that knows what the last one knew. Other calls wait for it. */
  private bringUp(): Promise<EngineInfo> {
    this.down = null;
    const up = this.startAndReplay(++this.turn);
    const ended = up
      .catch(() => undefined)
      .then(() => {
        if (this.bringingUp === ended) this.bringingUp = null;
      });
    this.bringingUp = ended;
    return up;
  }

  private async startAndReplay(turn: number): Promise<EngineInfo> {
    for (;;) {
      let worker: WorkerLike | null = null;
      try {
        worker = this.link.open();
        const backend = this.losses >= LOSSES_BEFORE_WASM ? 'wasm' : this.backend;
        const info = await this.link.call(worker, 'start', { backend, threads: this.threads() });
        await this.replay(worker);
        return info;
      } catch (error) {
        const isGone = isLoss(error) && !this.link.isCurrent(worker);
        if (turn === this.turn && isGone && this.losses <= LOSSES_BEFORE_WASM) continue;
        if (turn === this.turn) {
          this.down = error as Error;
          this.link.close('the engine could not be started');
        }
        throw error;
      }
    }
  }

  /** Opens scans and model again in a new worker. A scan whose grid follows another one needs that one first. */
  private async replay(worker: WorkerLike): Promise<void> {
    for (const [scanId, { files, volume }] of this.scans) {
      await this.link.call(worker, 'openScan', { files: inputFiles(files), volume, scanId });
    }
    for (const [scanId, { matchTo }] of this.scans) {
      if (matchTo && this.scans.has(matchTo))
        await this.link.call(worker, 'matchGrid', { scanId, toScanId: matchTo });
    }
    if (this.model) await this.link.call(worker, 'loadModel', { source: sourceOf(this.model) });
  }
}

/** The worker's account of its part, and what was done before it, as an account of the whole request. */
function wholeProgress(
  part: TranslateProgress,
  before: { slices: number; elapsedMs: number },
): TranslateProgress {
  const stepsPerSlice = part.stepsTotal / Math.max(1, part.total);
  return {
    ...part,
    done: before.slices + part.done,
    total: before.slices + part.total,
    stepsDone: before.slices * stepsPerSlice + part.stepsDone,
    stepsTotal: before.slices * stepsPerSlice + part.stepsTotal,
    elapsedMs: before.elapsedMs + part.elapsedMs,
  };
}

/** The promise, or Aborted as soon as the signal is. */
async function unlessAborted(promise: Promise<void>, call: CallName, signal?: AbortSignal): Promise<void> {
  if (!signal) return promise;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(cancelled(call));
  });
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof Error && (error.name === 'DeviceLost' || error.name === 'OutOfMemory');
}

function lost(reason: string): Error {
  return namedError({ name: 'DeviceLost', message: `engine: ${reason}` });
}

export function sourceOf(source: ClientModelSource): ModelSource {
  if (source.kind === 'shipped') return source;
  const [file, card] = inputFiles(source.card ? [source.file, source.card] : [source.file]);
  return { kind: 'file', file, settings: source.settings, card };
}
