/** What the training worker can do for the page: one handler a call. Runs are kept in files, so that the worker may die. */

import { type BackendEnvironment, type EngineInfo, startEngine } from '../../engine/backend/backend';
import { memoryUse } from '../../engine/backend/memory';
import type { StateDict } from '../../engine/formats/namedTensor';
import { uniformSource } from '../../engine/random';
import {
  type CheckpointIndex,
  loadCheckpoint,
  type RunFacts,
  type RunFiles,
  readAverage,
  readCheckpointIndex,
  readHistory,
  saveCheckpoint,
} from '../../engine/training/checkpoint';
import type { TrainData } from '../../engine/training/data';
import { DATA_FILE, readData, writeData } from '../../engine/training/dataFile';
import { estimateMemory } from '../../engine/training/estimate';
import { exportModel } from '../../engine/training/exportModel';
import { type Every, runTraining } from '../../engine/training/loop';
import { disposeNetworks, type NetworkName } from '../../engine/training/networks';
import { TrainingPace } from '../../engine/training/pace';
import type { RunHistory } from '../../engine/training/reports';
import { checkSettings, SIDES, type TrainSettings } from '../../engine/training/settings';
import { type StartWeights, startRun } from '../../engine/training/startRun';
import type { TrainingState } from '../../engine/training/step';
import { translatorName } from '../../engine/training/translateImages';
import { BadRequest, WeightsMismatch } from '../../errors';
import type { RunStore } from '../../platform/browser/originRuns';
import { refuseEmpty } from '../../volume/checkInput';
import { checkPlan, checkScan } from '../../volume/checkScan';
import { openScan } from '../../volume/formats';
import { voxelLevels } from '../../volume/intensity';
import { phantomAnatomy, phantomVolume } from '../../volume/phantom';
import { planSlices } from '../../volume/slices';
import { type ModelFiles, readModel } from '../line/modelFiles';
import type { CallContext, CallHandlers } from '../line/serve';
import type { AddedVolume, StartPoint, StoredRun, TrainCalls, TrainEvent } from './protocol';
import { dataLicence, dataText } from './trainedOn';
import { TrainVolumes } from './volumes';

export interface TrainEnvironment extends ModelFiles {
  engine: BackendEnvironment;
  /** Throws if the GPU has failed since the engine started. */
  checkDevice: () => void;
  /** Lets waiting messages in, a cancel among them. */
  pause: () => Promise<void>;
  today: () => Date;
  runs: RunStore;
}

/** Which network a start source is for: generators are named by what they make. */
const START_NETWORK: Record<keyof StartPoint, NetworkName> = {
  aToB: 'g.b',
  bToA: 'g.a',
  rAToB: 'r.b',
  rBToA: 'r.a',
};

export function createTrainCalls(environment: TrainEnvironment): CallHandlers<TrainCalls> {
  const volumes = new TrainVolumes();
  let info: EngineInfo | null = null;
  /** The run that goes on now. */
  let going: string | null = null;

  /** Trains from a state, which is disposed at the end however it comes. */
  async function run(
    files: RunFiles,
    runId: string,
    begin: () => Promise<{ state: TrainingState; data: TrainData; history: RunHistory; facts: RunFacts }>,
    every: Every,
    { signal, event }: Pick<CallContext<TrainEvent>, 'signal' | 'event'>,
  ): Promise<StoredRun> {
    if (going) throw new BadRequest('training: one run at a time, got a second one; pause the first');
    going = runId;
    let state: TrainingState | null = null;
    try {
      const begun = await begin();
      state = begun.state;
      const { data, history, facts } = begun;
      const trained = state;
      const { iterations } = state.settings;
      const pace = new TrainingPace(iterations, environment.engine.now);
      const isGpu = info?.backend === 'webgpu' || info?.backend === 'webgl';
      const place = (step: number) => ({ step, iterations, memoryBytes: memoryUse().reservedBytes });
      const unknown = { iterationsPerSecond: 0, remainingMs: null };
      // On a GPU the first iteration begins with its shaders.
      event({ progress: { ...place(state.step), ...unknown, compiling: isGpu } });
      const save = async () => {
        const index = await saveCheckpoint(files, trained, history, facts, environment.today().toISOString());
        event({ checkpoint: { step: index.step, bytes: index.bytes } });
      };
      await runTraining(state, data, history, every, {
        signal,
        now: environment.engine.now,
        pause: async () => {
          await environment.pause();
          environment.checkDevice();
        },
        onStep: (step) => {
          const { msPerIteration, remainingMs } = pace.after(step);
          const speed = { iterationsPerSecond: 1000 / msPerIteration, remainingMs };
          event({ step, progress: { ...place(step.step), ...speed, compiling: false } });
        },
        onScoring: (scoring) => event({ scoring }),
        onValidation: (validation) => event({ validation }),
        onPreview: (preview) => event({ preview }),
        save,
      });
      return storedRun(runId, (await readCheckpointIndex(files))!);
    } finally {
      if (state) disposeNetworks(state.networks);
      going = null;
    }
  }

  async function openRun(runId: string): Promise<{ files: RunFiles; index: CheckpointIndex }> {
    const files = await environment.runs.open(runId);
    const index = await readCheckpointIndex(files);
    if (!index)
      throw new BadRequest(`training: run ${runId} must have a checkpoint, got none; start a new run`);
    return { files, index };
  }

  return {
    start: async ({ backend }) => {
      info = await startEngine(backend, environment.engine);
      return info;
    },

    addVolume: async ({ volumeId, role, files, grid }, { transfer }) => {
      const scan = await openScan(files);
      const { image } = scan;
      const levels = voxelLevels(image.voxels);
      refuseEmpty(scan, levels);
      const warnings = [...checkScan(scan, levels), ...checkPlan(image, planSlices(image, grid, levels))];
      const added = await volumes.add({ volumeId, role, grid, warnings }, scan, () => openScan(files));
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
          const volume = { volumeId: name, role, grid, warnings: [] };
          added.push(await volumes.add(volume, scan, async () => scan));
        }
        await environment.pause();
      }
      return added;
    },

    removeVolume: async ({ volumeId }) => {
      volumes.remove(volumeId);
      return null;
    },

    estimate: async ({ settings }) => {
      if (!info) throw new BadRequest('training: the engine must be started first');
      const largestBuffer = info.limits.maxStorageBufferBindingSize ?? null;
      return estimateMemory(settings, { backend: info.backend, largestBuffer }, volumes.sliceCount);
    },

    train: async ({ runId, settings, start, every }, { signal, event }) => {
      checkSettings(settings);
      const files = await environment.runs.open(runId);
      if (await readCheckpointIndex(files))
        throw new BadRequest(`training: run ${runId} must be new, got one that is stored; resume it instead`);
      const begin = async () => {
        const data = await volumes.data(settings);
        const { weights, facts } = await startWeights(environment, settings, start, signal);
        await files.write(DATA_FILE, writeData(data));
        signal.throwIfAborted();
        return {
          state: startRun(settings, weights),
          data,
          history: { steps: [], validations: [] },
          facts: {
            started: environment.today().toISOString(),
            volumes: volumes.names(),
            start: facts,
            inputs: volumes.inputs(),
          },
        };
      };
      try {
        return await run(files, runId, begin, every, { signal, event });
      } catch (error) {
        // What never came to a checkpoint cannot be gone on with.
        if (!(await readCheckpointIndex(files))) await environment.runs.remove(runId);
        throw error;
      }
    },

    resume: async ({ runId, every }, { signal, event }) => {
      const { files, index } = await openRun(runId);
      const begin = async () => {
        const history = await readHistory(files, index);
        event({ history });
        const bytes = await files.read(DATA_FILE);
        if (!bytes)
          throw new BadRequest(`training: run ${runId} must hold its slices, got none; start a new run`);
        return { state: await loadCheckpoint(files, index), data: readData(bytes), history, facts: index };
      };
      return run(files, runId, begin, every, { signal, event });
    },

    runs: async () => {
      const found: StoredRun[] = [];
      for (const runId of await environment.runs.list()) {
        const index = await readCheckpointIndex(await environment.runs.open(runId)).catch(() => null);
        if (index) found.push(storedRun(runId, index));
        // Left by a page that was closed before the first checkpoint.
        else if (runId !== going) await environment.runs.remove(runId).catch(() => undefined);
      }
      return found.sort((a, b) => b.saved.localeCompare(a.saved));
    },

    history: async ({ runId }) => {
      const { files, index } = await openRun(runId);
      return readHistory(files, index);
    },

    deleteRun: async ({ runId }) => {
      if (runId === going)
        throw new BadRequest('training: a run that goes on cannot be deleted; stop it first');
      await environment.runs.remove(runId);
      return null;
    },

    exportModel: async ({ runId, direction }, { transfer }) => {
      const { files, index } = await openRun(runId);
      const state = await readAverage(files, index, translatorName(index.settings, direction));
      const { card, weights } = await exportModel(index.settings, direction, state, {
        date: environment.today().toISOString().slice(0, 10),
        data: dataText(index),
        licence: dataLicence(index),
        step: index.step,
        history: await readHistory(files, index),
        start: index.start,
        inputs: index.inputs,
      });
      transfer(weights.buffer as ArrayBuffer);
      return { direction, card, weights };
    },
  };
}

/** One set of made-up subjects for everybody. */
const PHANTOM_SEED = 20260101;

async function startWeights(
  environment: TrainEnvironment,
  settings: TrainSettings,
  start: StartPoint,
  signal: AbortSignal,
): Promise<{ weights: StartWeights; facts: RunFacts['start'] }> {
  const weights: StartWeights = {};
  const facts: RunFacts['start'] = [];
  for (const [key, source] of Object.entries(start) as [
    keyof StartPoint,
    NonNullable<StartPoint['aToB']>,
  ][]) {
    const read = await readModel(environment, source, () => undefined, signal);
    const isR = read.weights.config.method === 'resnet';
    // A start model that is R alone trains as R: there is no generator in such a run.
    const name =
      key.startsWith('r') || settings.variant.diffusion ? START_NETWORK[key] : asR(START_NETWORK[key]);
    if (isR !== name.startsWith('r.'))
      throw new WeightsMismatch(
        `${read.card.name}: must be ${isR ? 'a diffusive generator' : 'R, a ResNet generator'}, got ${isR ? 'R' : 'a diffusive generator'}; choose other weights`,
      );
    weights[name] = read.weights.state as StateDict;
    facts.push({ network: name, name: read.card.name, licence: read.card.licence });
  }
  return { weights, facts };
}

const asR = (name: NetworkName): NetworkName => `r.${name.slice(2)}` as NetworkName;

function storedRun(
  runId: string,
  { settings, step, started, saved, volumes, bytes }: CheckpointIndex,
): StoredRun {
  return { runId, settings, step, started, saved, volumes, bytes };
}
