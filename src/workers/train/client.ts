/**
 * The page's view of the training worker: one method a call. It owns the worker; the first call makes one, and the next call
 * after a loss makes another, which holds no volumes. All methods reject with an Error whose `name` is one of src/errors.ts.
 */
import { inputFiles } from '../line/inputFiles';
import { type CallOptions, type MakeWorker, namedError, WorkerLink } from '../line/link';
import type { BackendName, EngineInfo, InputFile, ModelCard } from '../translate/protocol';
import type {
  AddedVolume,
  CardWords,
  Direction,
  ExportedModel,
  Grid,
  MemoryEstimate,
  OwnWeights,
  Role,
  StartPoint,
  StartSource,
  StoredRun,
  StoredRuns,
  ToldHistory,
  TrainCallName,
  TrainCalls,
  TrainSettings,
} from './protocol';

/** The user's own weights, with their card where there is one. */
export interface ClientOwnWeights {
  kind: 'file';
  file: File;
  card?: File;
}
/** A shipped model by its id, or own weights. */
export type ClientStartSource = { kind: 'shipped'; id: string } | ClientOwnWeights;
export type ClientStartPoint = Partial<Record<keyof StartPoint, ClientStartSource>>;

export interface VolumeFiles {
  volumeId: string;
  role: Role;
  path: string;
  /** All of one scan. */
  files: File[];
  grid: Grid;
  /** Which one of a file with several, where somebody has said. */
  volume?: number;
}

export interface NewRun extends Omit<TrainCalls['train']['params'], 'start'> {
  start: ClientStartPoint;
}

export interface TrainClient {
  /** Raised whenever a worker has gone, and with it the volumes that it held. */
  readonly losses: number;
  /** The backend for this worker and those after it; another one than before begins a new worker. */
  start(backend: 'auto' | BackendName): Promise<EngineInfo>;
  /** Rejects with Aborted on the signal, and holds nothing of the volume. */
  addVolume(volume: VolumeFiles, options?: Pick<CallOptions<never>, 'signal'>): Promise<AddedVolume>;
  addPhantoms(params: TrainCalls['addPhantoms']['params']): Promise<AddedVolume[]>;
  removeVolume(volumeId: string): Promise<void>;
  estimate(settings: TrainSettings): Promise<MemoryEstimate>;
  /** The signal pauses: the worker writes a checkpoint and then answers. */
  train(run: NewRun, options: CallOptions<TrainCalls['train']['event']>): Promise<StoredRun>;
  resume(
    run: TrainCalls['resume']['params'],
    options: CallOptions<TrainCalls['resume']['event']>,
  ): Promise<StoredRun>;
  /** These six need no engine, only the stored runs or the file. */
  readCard(weights: ClientOwnWeights): Promise<ModelCard>;
  runs(): Promise<StoredRuns>;
  history(runId: string): Promise<ToldHistory>;
  deleteRun(runId: string): Promise<void>;
  whenFree(runIds: string[]): Promise<void>;
  runFiles(runId: string): Promise<InputFile[]>;
  exportModel(runId: string, direction: Direction, words?: CardWords): Promise<ExportedModel>;
  /** Whether the browser keeps stored runs when its disk is full, having been asked to or not; null where it does not say. */
  keepRuns(ask: boolean): Promise<boolean | null>;
  /** Ends the worker, so that its memory comes back. The next call makes another. */
  close(): void;
}

const makeTrainWorker: MakeWorker = (name) =>
  new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module', name });

/** @param threads as the engine's client */
export function createTrainClient(
  makeWorker: MakeWorker = makeTrainWorker,
  threads: () => number | null = () => null,
): TrainClient {
  return new Client(makeWorker, threads);
}

class Client implements TrainClient {
  losses = 0;
  private readonly link: WorkerLink<TrainCalls>;
  private backend: 'auto' | BackendName = 'auto';
  /** The present worker's start, good or bad; null where it has not been asked for. */
  private started: Promise<EngineInfo> | null = null;

  constructor(
    makeWorker: MakeWorker,
    private readonly threads: () => number | null,
  ) {
    this.link = new WorkerLink({
      makeWorker,
      name: 'syndiff-training',
      lost,
      onLost: () => this.forget(),
    });
  }

  start(backend: 'auto' | BackendName): Promise<EngineInfo> {
    if (this.started && backend !== this.backend) this.end('another backend was chosen');
    this.backend = backend;
    return this.startOnce();
  }

  async addVolume(
    { files, ...params }: VolumeFiles,
    options: Pick<CallOptions<never>, 'signal'> = {},
  ): Promise<AddedVolume> {
    return this.ask('addVolume', { ...params, files: inputFiles(files) }, options);
  }

  addPhantoms(params: TrainCalls['addPhantoms']['params']): Promise<AddedVolume[]> {
    return this.ask('addPhantoms', params);
  }

  async removeVolume(volumeId: string): Promise<void> {
    await this.ask('removeVolume', { volumeId });
  }

  estimate(settings: TrainSettings): Promise<MemoryEstimate> {
    return this.ask('estimate', { settings });
  }

  async train(run: NewRun, options: CallOptions<TrainCalls['train']['event']>): Promise<StoredRun> {
    return this.ask('train', { ...run, start: startPointOf(run.start) }, options);
  }

  resume(
    run: TrainCalls['resume']['params'],
    options: CallOptions<TrainCalls['resume']['event']>,
  ): Promise<StoredRun> {
    return this.ask('resume', run, options);
  }

  readCard(weights: ClientOwnWeights): Promise<ModelCard> {
    return this.askWithoutEngine('readCard', ownWeightsOf(weights));
  }

  runs(): Promise<StoredRuns> {
    return this.askWithoutEngine('runs', {});
  }

  history(runId: string): Promise<ToldHistory> {
    return this.askWithoutEngine('history', { runId });
  }

  async deleteRun(runId: string): Promise<void> {
    await this.askWithoutEngine('deleteRun', { runId });
  }

  async whenFree(runIds: string[]): Promise<void> {
    await this.askWithoutEngine('whenFree', { runIds });
  }

  runFiles(runId: string): Promise<InputFile[]> {
    return this.askWithoutEngine('runFiles', { runId });
  }

  exportModel(
    runId: string,
    direction: Direction,
    words: CardWords = { data: '', licence: '' },
  ): Promise<ExportedModel> {
    return this.ask('exportModel', {
      runId,
      direction,
      words: { data: words.data, licence: words.licence },
    });
  }

  async keepRuns(ask: boolean): Promise<boolean | null> {
    // Only a page is asked, not a worker.
    const storage = navigator.storage as StorageManager & { persist?: () => Promise<boolean> };
    if (!storage?.persist) return null;
    return (ask ? storage.persist() : storage.persisted()).catch(() => null);
  }

  close(): void {
    this.end('training was closed');
  }

  /** A call that needs the engine to run. */
  private async ask<K extends TrainCallName>(
    call: K,
    params: TrainCalls[K]['params'],
    options?: CallOptions<TrainCalls[K]['event']>,
  ): Promise<TrainCalls[K]['result']> {
    await this.startOnce();
    return this.link.call(this.link.open(), call, params, options);
  }

  private async askWithoutEngine<
    K extends 'readCard' | 'runs' | 'history' | 'deleteRun' | 'whenFree' | 'runFiles',
  >(call: K, params: TrainCalls[K]['params']): Promise<TrainCalls[K]['result']> {
    return this.link.call(this.link.open(), call, params);
  }

  /** A start that failed is tried again by the next call. */
  private startOnce(): Promise<EngineInfo> {
    if (this.started) return this.started;
    const starting = this.startWorker();
    this.started = starting;
    starting.catch(() => {
      if (this.started === starting) this.started = null;
    });
    return starting;
  }

  private async startWorker(): Promise<EngineInfo> {
    return this.link.call(this.link.open(), 'start', {
      backend: this.backend,
      threads: this.threads(),
    });
  }

  private end(reason: string): void {
    this.forget();
    this.link.close(reason);
  }

  private forget(): void {
    this.losses++;
    this.started = null;
  }
}

function lost(reason: string): Error {
  return namedError({
    name: 'DeviceLost',
    message: `training: the worker stopped (${reason}); resume the run from its last checkpoint.`,
  });
}

function startPointOf(start: ClientStartPoint): StartPoint {
  return Object.fromEntries(Object.entries(start).map(([network, source]) => [network, sourceOf(source)]));
}

const sourceOf = (source: ClientStartSource): StartSource =>
  source.kind === 'shipped' ? source : ownWeightsOf(source);

function ownWeightsOf(own: ClientOwnWeights): OwnWeights {
  const [file, card] = inputFiles(own.card ? [own.file, own.card] : [own.file]);
  return { kind: 'file', file, card };
}
