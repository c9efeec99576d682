/** What the training worker can do for the page: one handler a call. Runs are kept in files, so that the worker may die. */
import {
  type BackendEnvironment,
  type EngineInfo,
  startEngine,
  withThreads,
} from '../../engine/backend/backend';
import { uniformSource } from '../../engine/random';
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import { estimateMemory, memoryLimits } from '../../engine/training/estimate';
import { type ReadHistory, readHistory } from '../../engine/training/historyFile';
import type { RunFiles } from '../../engine/training/runFiles';
import { scanWarnings } from '../../engine/training/scanWarnings';
import { beginRun, exportRun, openRun, type RunHooks, resumeRun } from '../../engine/training/session';
import { checkSettings } from '../../engine/training/settings';
import { SIDES } from '../../engine/training/sides';
import { STARTS } from '../../engine/training/startFit';
import type { StartModel } from '../../engine/training/startModels';
import { readStoredRun } from '../../engine/training/storedRun';
import { refuseUnconditional } from '../../engine/unconditional';
import { BadRequest } from '../../errors';
import type { RunStore } from '../../platform/browser/originRuns';
import { refuseEmpty } from '../../volume/checkInput';
import { openScan } from '../../volume/formats';
import type { ReadOptions } from '../../volume/formats/scanFormat';
import { phantomAnatomy, phantomVolume } from '../../volume/phantom';
import { scanMeasures } from '../../volume/scanMeasures';
import { type ModelFiles, openModel } from '../line/modelFiles';
import type { CallContext, CallHandlers } from '../line/serve';
import type {
  AddedVolume,
  StartPoint,
  StartSource,
  StoredRun,
  ToldHistory,
  TrainCalls,
  TrainEvent,
} from './protocol';
import { copiesOf, listRuns, storedRun } from './storedRuns';
import { dataLicence, dataText } from './trainedOn';
import { TrainVolumes } from './volumes';

export interface TrainEnvironment extends ModelFiles {
  engine: BackendEnvironment;
  /** Throws if the GPU has failed since the engine started. */
  checkDevice: () => void;
  /** Lets waiting messages in, a cancel among them. */
  pause: () => Promise<void>;
  /** Inflates a large file on another thread. */
  inflate?: ReadOptions['inflate'];
  today: () => Date;
  runs: RunStore;
}

export function createTrainCalls(environment: TrainEnvironment): CallHandlers<TrainCalls> {
  const volumes = new TrainVolumes();
  let info: EngineInfo | null = null;
  /** The run that goes on now. */
  let going: string | null = null;

  /** One run at a time; its answer is what is stored of it. */
  async function alone(runId: string, run: () => Promise<CheckpointIndex>): Promise<StoredRun> {
    if (going) throw new BadRequest('training: one run at a time, got a second one; pause the first');
    going = runId;
    try {
      return storedRun(runId, await asWriter(runId, run));
    } finally {
      going = null;
    }
  }

  /** No other tab writes to the run meanwhile. */
  async function asWriter<T>(runId: string, change: () => Promise<T>): Promise<T> {
    const release = await environment.runs.lock(runId);
    if (!release)
      throw new BadRequest(
        'training: a run must be written to by one tab, got another that does; pause it there first',
      );
    try {
      return await change();
    } finally {
      release();
    }
  }

  /** The session's account of a run as the page's events. */
  function hooksFor({ signal, event }: Pick<CallContext<TrainEvent>, 'signal' | 'event'>): RunHooks {
    const isGpu = info?.backend === 'webgpu' || info?.backend === 'webgl';
    let iterations = 0;
    return {
      signal,
      now: environment.engine.now,
      today: environment.today,
      pause: async () => {
        await environment.pause();
        environment.checkDevice();
      },
      onReady: (at) => {
        iterations = at.iterations;
        // On a GPU the first iteration begins with its shaders.
        event({ progress: { ...at, iterationsPerSecond: 0, remainingMs: null, compiling: isGpu } });
      },
      onStep: ({ report, msPerIteration, remainingMs, memoryBytes }) => {
        const speed = { iterationsPerSecond: 1000 / msPerIteration, remainingMs };
        const place = { step: report.step, iterations, memoryBytes };
        event({ step: report, progress: { ...place, ...speed, compiling: false } });
      },
      onScoring: (scoring) => event({ scoring }),
      onDrawing: (drawing) => event({ drawing }),
      onValidation: (validation) => event({ validation }),
      onPreview: (preview) => event({ preview }),
      onCheckpoint: ({ step, bytes }) => event({ checkpoint: { step, bytes } }),
    };
  }

  async function openStored(runId: string): Promise<{ files: RunFiles; index: CheckpointIndex }> {
    const files = await environment.runs.open(runId);
    return { files, index: await openRun(files) };
  }

  return {
    start: async ({ backend, threads }) => {
      info = await startEngine(backend, withThreads({ ...environment.engine, trains: true }, threads));
      return info;
    },

    addVolume: async ({ files, volume, ...place }, { transfer, signal }) => {
      const pause = async () => {
        await environment.pause();
        signal.throwIfAborted();
      };
      const scan = await openScan(files, { volume: volume ?? 0, pause, inflate: environment.inflate });
      signal.throwIfAborted();
      const { grid } = place;
      const { image } = scan;
      const measures = scanMeasures(image);
      refuseEmpty(scan, measures.levels());
      // Which volume it is stands in its row.
      const warnings = scanWarnings(scan, grid, measures);
      const { volumeCount } = scan;
      const of = { volumeCount, volume: volumeCount > 1 ? (volume ?? null) : 0 };
      const added = volumes.add({ ...place, ...of, warnings }, scan, measures);
      transfer(added.thumbnail.pixels.buffer as ArrayBuffer);
      return added;
    },

    addPhantoms: async ({ contrasts, subjects, validation, grid }) => {
      const added: AddedVolume[] = [];
      for (let subject = 0; subject < subjects; subject++) {
        const draws = (step: number) =>
          uniformSource({ seed: PHANTOM_SEED, sample: 0, slice: subject, step, stream: 'noise' });
        const anatomy = phantomAnatomy(draws(0));
        const isValidation = subject >= subjects - validation;
        for (const [n, side] of SIDES.entries()) {
          const contrast = contrasts[side];
          const name = `phantom-${String(subject + 1).padStart(2, '0')}_${contrast}`;
          const scan = phantomVolume(anatomy, contrast, { name, uniform: draws(1 + n) });
          const role = `${isValidation ? 'val' : 'train'}${side === 'a' ? 'A' : 'B'}` as const;
          const volume = { volumeId: name, role, path: name, grid, warnings: [] };
          added.push(volumes.add(volume, scan));
        }
        await environment.pause();
      }
      return added;
    },

    removeVolume: async ({ volumeId }) => {
      volumes.remove(volumeId);
      return null;
    },

    readCard: async (source, { signal }) => {
      const { card } = await openModel(environment, source, () => undefined, signal);
      // A training begins with what translates.
      refuseUnconditional(card);
      return card;
    },

    estimate: async ({ settings }) => {
      if (!info) throw new BadRequest('training: the engine must be started first');
      return estimateMemory(settings, memoryLimits(info), volumes.bytes(settings.size));
    },

    train: async ({ runId, settings, start, leftOut, every }, context) => {
      checkSettings(settings);
      return alone(runId, async () => {
        const files = await environment.runs.open(runId);
        try {
          volumes.leaveOut(leftOut ?? []);
          const data = volumes.data(settings);
          const models = await startModels(environment, start, context.signal);
          const made = { data, volumes: volumes.names(settings), inputs: volumes.inputs(settings) };
          return await beginRun(files, { settings, start: models, every }, made, hooksFor(context));
        } catch (error) {
          // What never came to a checkpoint cannot be gone on with.
          if (!(await readStoredRun(files))) await environment.runs.remove(runId);
          throw error;
        }
      });
    },

    resume: async ({ runId, every }, context) => {
      const tell = (history: ReadHistory) => context.event({ history: toldHistory(history) });
      return alone(runId, async () =>
        resumeRun((await openStored(runId)).files, every, hooksFor(context), tell),
      );
    },

    runs: () => listRuns(environment.runs, going),

    history: async ({ runId }) => {
      const { files, index } = await openStored(runId);
      return toldHistory(await readHistory(files, index));
    },

    deleteRun: async ({ runId }) => {
      if (runId === going)
        throw new BadRequest('training: a run that goes on cannot be deleted; stop it first');
      await asWriter(runId, () => environment.runs.remove(runId));
      return null;
    },

    whenFree: async ({ runIds }) => {
      await environment.runs.whenFree(runIds);
      return null;
    },

    runFiles: async ({ runId }) => copiesOf(runId, await environment.runs.open(runId)),

    exportModel: async ({ runId, direction, words }, { transfer }) => {
      const { files, index } = await openStored(runId);
      const { card, weights } = await exportRun(files, index, direction, {
        date: environment.today().toISOString().slice(0, 10),
        data: words.data.trim() || dataText(index),
        licence: words.licence.trim() || dataLicence(index),
      });
      transfer(weights.buffer as ArrayBuffer);
      return { direction, card, weights };
    },
  };
}

const toldHistory = ({ steps, validations, damage }: ReadHistory): ToldHistory => ({
  steps,
  validations,
  damage,
});

/** One set of made-up subjects for everybody. */
const PHANTOM_SEED = 20260101;

async function startModels(
  environment: TrainEnvironment,
  start: StartPoint,
  signal: AbortSignal,
): Promise<StartModel[]> {
  const models: StartModel[] = [];
  for (const [key, source] of Object.entries(start) as [keyof StartPoint, StartSource][]) {
    const { card, weights } = await openModel(environment, source, () => undefined, signal);
    models.push({ subject: card.name, ...STARTS[key], card, state: weights.state });
  }
  return models;
}
