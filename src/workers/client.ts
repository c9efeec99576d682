/**
 * The page's view of the engine. It owns the worker: starts it, asks, cancels, and when the worker dies or the GPU is lost
 * starts another, opens the same scans and model again and goes on with the slices that are missing.
 * All methods reject with an Error whose `name` is one of src/errors.ts.
 */
import type {
  BackendName,
  CallName,
  Calls,
  CustomSettings,
  Diagnostics,
  EngineInfo,
  InputFile,
  LoadedModel,
  LoadProgress,
  ModelCard,
  Provenance,
  Request,
  Response,
  SavedFiles,
  Scan,
  SerialisedError,
  SliceResult,
  SliceScore,
  TranslateProgress,
  TranslateSettings,
} from './protocol';

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
  /** .nii, .nii.gz, or a .hdr/.img pair. */
  openScan(files: File[], options?: { volume?: number }): Promise<Scan>;
  /** Resamples a scan to the grid of another one where they differ. */
  matchGrid(scanId: string, toScanId: string): Promise<{ scan: Scan; resampled: boolean }>;
  closeScan(scanId: string): Promise<void>;
  loadModel(
    source: ClientModelSource,
    options?: { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal },
  ): Promise<LoadedModel>;
  /** Rejects with Aborted on the signal. Slices that were handed out stay valid across a restart. */
  translate(request: TranslateRequest, options: TranslateOptions): Promise<Provenance>;
  score(params: Calls['score']['params']): Promise<SliceScore[]>;
  save(params: Calls['save']['params']): Promise<SavedFiles>;
  diagnostics(): Promise<Diagnostics>;
  /** Called whenever the worker had to be started again, with the reason. */
  onRestart(listener: (reason: string) => void): () => void;
  dispose(): void;
}

/** What the client needs of a worker; tests give a stand-in. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export type MakeWorker = (name: string) => WorkerLike;

const makeEngineWorker: MakeWorker = (name) =>
  new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name });

/** After this many losses without a finished slice in between the GPU is given up for wasm. */
const LOSSES_BEFORE_WASM = 2;

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  event: (event: unknown) => void;
}

export function createEngineClient(makeWorker: MakeWorker = makeEngineWorker): EngineClient {
  return new Client(makeWorker);
}

class Client implements EngineClient {
  private worker: WorkerLike | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private backend: 'auto' | BackendName = 'auto';
  /** What a new worker must be told to be where the old one was. */
  private readonly scans = new Map<string, { files: File[]; volume?: number; matchTo?: string }>();
  private model: ClientModelSource | null = null;
  private restarting: Promise<void> | null = null;
  private losses = 0;
  private readonly listeners = new Set<(reason: string) => void>();

  constructor(private readonly makeWorker: MakeWorker) {}

  async start(backend: 'auto' | BackendName = 'auto'): Promise<EngineInfo> {
    this.backend = backend;
    this.losses = 0;
    this.stopWorker('the engine was started again');
    const info = await this.call('start', { backend });
    await this.replay();
    return info;
  }

  models(): Promise<ModelCard[]> {
    return this.ask('models', {});
  }

  async openScan(files: File[], { volume }: { volume?: number } = {}): Promise<Scan> {
    const scanId = `scan-${this.nextId++}`;
    const scan = await this.ask('openScan', { files: await readFiles(files), volume, scanId });
    this.scans.set(scanId, { files, volume });
    return scan;
  }

  async matchGrid(scanId: string, toScanId: string): Promise<{ scan: Scan; resampled: boolean }> {
    const result = await this.ask('matchGrid', { scanId, toScanId });
    const scan = this.scans.get(scanId);
    if (scan) scan.matchTo = toScanId;
    return result;
  }

  async closeScan(scanId: string): Promise<void> {
    this.scans.delete(scanId);
    await this.ask('closeScan', { scanId });
  }

  async loadModel(
    source: ClientModelSource,
    { onProgress, signal }: { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal } = {},
  ): Promise<LoadedModel> {
    const loaded = await this.ask('loadModel', { source: await withBytes(source) }, onProgress, signal);
    this.model = source;
    return loaded;
  }

  async translate(
    request: TranslateRequest,
    { onSlice, onProgress, signal }: TranslateOptions,
  ): Promise<Provenance> {
    const done = new Set<number>();
    const total = request.slices.length;
    for (;;) {
      const slices = request.slices.filter((index) => !done.has(index));
      const doneBefore = done.size;
      try {
        return await this.ask(
          'translate',
          { ...request, slices },
          (event) => {
            if ('slice' in event) {
              done.add(event.slice.index);
              this.losses = 0;
              onSlice(event.slice);
            } else {
              const { progress } = event;
              onProgress?.({ ...progress, done: doneBefore + progress.done, total });
            }
          },
          signal,
        );
      } catch (error) {
        if (!isLoss(error) || signal?.aborted) throw error;
        await this.restarting;
      }
    }
  }

  score(params: Calls['score']['params']): Promise<SliceScore[]> {
    return this.ask('score', params);
  }

  save(params: Calls['save']['params']): Promise<SavedFiles> {
    return this.ask('save', params);
  }

  diagnostics(): Promise<Diagnostics> {
    return this.ask('diagnostics', {});
  }

  onRestart(listener: (reason: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.listeners.clear();
    this.stopWorker('the engine was closed');
  }

  /** A call that waits for a restart under way. */
  private async ask<K extends CallName>(
    call: K,
    params: Calls[K]['params'],
    onEvent?: (event: Calls[K]['event']) => void,
    signal?: AbortSignal,
  ): Promise<Calls[K]['result']> {
    await this.restarting;
    return this.call(call, params, onEvent, signal);
  }

  private call<K extends CallName>(
    call: K,
    params: Calls[K]['params'],
    onEvent?: (event: Calls[K]['event']) => void,
    signal?: AbortSignal,
  ): Promise<Calls[K]['result']> {
    if (signal?.aborted)
      return Promise.reject(namedError({ name: 'Aborted', message: `${call}: cancelled` }));
    const worker = this.startWorker();
    const id = this.nextId++;
    const cancel = () => worker.postMessage({ id, call: 'cancel' } satisfies Request);
    signal?.addEventListener('abort', cancel);
    return new Promise<Calls[K]['result']>((resolve, reject) => {
      this.pending.set(id, {
        resolve: (result) => resolve(result as Calls[K]['result']),
        reject,
        event: (event) => onEvent?.(event as Calls[K]['event']),
      });
      worker.postMessage({ id, call, params } as Request);
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  private startWorker(): WorkerLike {
    if (this.worker) return this.worker;
    refuseInsecureContext();
    const name = `syndiff-engine-${crypto.randomUUID()}`;
    const worker = this.makeWorker(name);
    worker.onmessage = ({ data }: MessageEvent<Response>) => {
      if (worker === this.worker) this.receive(data, name);
    };
    worker.onerror = (event) => {
      if (worker === this.worker) this.lose(`the worker failed: ${event.message}`);
    };
    this.worker = worker;
    return worker;
  }

  private receive(message: Response, workerName: string): void {
    if (message.kind === 'lost') {
      this.lose(message.error.message);
      return;
    }
    const call = this.pending.get(message.id);
    if (!call) return;
    if (message.kind === 'event') {
      call.event(message.event);
      return;
    }
    this.pending.delete(message.id);
    if (message.kind === 'failed') {
      call.reject(namedError(message.error));
      return;
    }
    this.watch(workerName);
    call.resolve(message.result);
  }

  private watched = '';

  /** The worker holds a lock of its own name while it lives; being given it means that the worker has died silently. */
  private watch(workerName: string): void {
    if (this.watched === workerName) return;
    this.watched = workerName;
    void globalThis.navigator?.locks?.request(workerName, () => {
      if (this.watched === workerName && this.worker) this.lose('the worker stopped without a word');
    });
  }

  /** Ends the worker for good: every open call is rejected as lost. */
  private stopWorker(reason: string): void {
    this.worker?.terminate();
    this.worker = null;
    this.watched = '';
    const open = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of open) reject(namedError({ name: 'DeviceLost', message: `engine: ${reason}` }));
  }

  private lose(reason: string): void {
    // A restart under way that fails again is told by its own calls being rejected.
    const again = this.restarting;
    this.losses++;
    this.stopWorker(reason);
    if (again) return;
    this.restarting = this.restart(reason).finally(() => {
      this.restarting = null;
    });
  }

  private async restart(reason: string): Promise<void> {
    for (;;) {
      const giveUpGpu = this.losses >= LOSSES_BEFORE_WASM;
      const backend = giveUpGpu ? 'wasm' : this.backend;
      try {
        await this.call('start', { backend });
        await this.replay();
        const how = giveUpGpu ? 'It goes on with wasm' : 'It was started again';
        for (const listener of this.listeners)
          listener(`The engine stopped (${reason}). ${how}; finished slices are kept.`);
        return;
      } catch (error) {
        if (!isLoss(error) || this.losses > LOSSES_BEFORE_WASM) {
          for (const listener of this.listeners) {
            listener(`The engine stopped (${reason}) and could not be started again; reload the page.`);
          }
          return;
        }
      }
    }
  }

  /** Opens scans and model again in a new worker. A scan whose grid follows another one needs that one first. */
  private async replay(): Promise<void> {
    for (const [scanId, { files, volume }] of this.scans) {
      await this.call('openScan', { files: await readFiles(files), volume, scanId });
    }
    for (const [scanId, { matchTo }] of this.scans) {
      if (matchTo && this.scans.has(matchTo)) await this.call('matchGrid', { scanId, toScanId: matchTo });
    }
    if (this.model) await this.call('loadModel', { source: await withBytes(this.model) });
  }
}

/** Over plain http the browser gives a page neither WebGPU nor checksums nor storage; Node leaves `isSecureContext` undefined. */
function refuseInsecureContext(): void {
  if (globalThis.isSecureContext === false)
    throw namedError({
      name: 'BadRequest',
      message: `this page: must be opened from https or from localhost, got ${location.origin}; over plain http the browser withholds what the engine needs.`,
    });
}

function isLoss(error: unknown): boolean {
  return error instanceof Error && (error.name === 'DeviceLost' || error.name === 'OutOfMemory');
}

function namedError({ name, message, stack }: SerialisedError): Error {
  const error = new Error(message);
  error.name = name;
  if (stack) error.stack = stack;
  return error;
}

async function readFiles(files: File[]): Promise<InputFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })));
}

async function withBytes(source: ClientModelSource): Promise<Calls['loadModel']['params']['source']> {
  if (source.kind === 'shipped') return source;
  const [file, card] = await readFiles(source.card ? [source.file, source.card] : [source.file]);
  return { kind: 'file', file, settings: source.settings, card };
}
