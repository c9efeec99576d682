/**
 * The one driver of training runs, for the page's worker and the command line alike: begins a run, goes on with it, keeps it in
 * its files, tells how fast it goes, and exports its models.
 */
import { Aborted, BadRequest, CorruptFile } from '../../errors';
import { memoryUse } from '../backend/memory';
import type { ModelCard } from '../cards/modelCard';
import type { StateDict } from '../formats/namedTensor';
import { trainingOf } from '../methods';
import {
  type CheckpointIndex,
  loadCheckpoint,
  type RunFacts,
  readAverage,
  saveCheckpoint,
  settleCheckpoint,
} from './checkpoint';
import { checkSum, type FileSum, sumOf } from './checksums';
import type { TrainData } from './data';
import { DATA_FILE, readData, writeData } from './dataFile';
import { exportModel } from './exportModel';
import { type ReadHistory, readHistory } from './historyFile';
import type { TrainingState } from './iteration';
import { type Every, type LoopHooks, runTraining } from './loop';
import { disposeNetworks } from './networks';
import { TrainingPace } from './pace';
import type { RunHistory, StepReport } from './reports';
import type { RunFiles } from './runFiles';
import { checkSettings, type TrainSettings } from './settings';
import type { Direction } from './sides';
import { type StartModel, startWeights } from './startModels';
import { startRun } from './startRun';
import { readStoredRun, restoreCheckpoint } from './storedRun';

export interface RunPlan {
  settings: TrainSettings;
  start: readonly StartModel[];
  every: Every;
}

/** What a run is trained on, and what its card will tell of that. */
export interface RunData extends Pick<RunFacts, 'volumes' | 'inputs'> {
  data: TrainData;
}

/** After every iteration. */
export interface StepProgress {
  report: StepReport;
  /** As `Pace`. */
  msPerIteration: number;
  remainingMs: number | null;
  /** Bytes that the backend holds. */
  memoryBytes: number;
}

export interface RunHooks extends Omit<LoopHooks, 'onStep' | 'save'> {
  today: () => Date;
  /** Once all is in memory, before the first iteration. */
  onReady: (at: { step: number; iterations: number; memoryBytes: number }) => void;
  onStep: (progress: StepProgress) => void;
  onCheckpoint: (checkpoint: { step: number; bytes: number }) => void;
}

/**
 * Trains a new run to its last iteration.
 * @throws BadRequest where the files hold a run already or the settings cannot train, CorruptFile where they hold one that cannot
 * be read, WeightsMismatch for start models of another kind, Aborted after the signal, with a checkpoint written once there was a
 * first one
 */
export async function beginRun(
  files: RunFiles,
  { settings, start, every }: RunPlan,
  { data, volumes, inputs }: RunData,
  hooks: RunHooks,
): Promise<CheckpointIndex> {
  checkSettings(settings);
  if (await readStoredRun(files))
    throw new BadRequest('training: a run must be new, got one that is stored; resume it instead');
  const { weights, facts } = startWeights(settings, start);
  const bytes = writeData(data);
  await files.write(DATA_FILE, bytes);
  const sum = await sumOf(bytes);
  // The signal's own error has another name.
  if (hooks.signal.aborted) throw new Aborted('training: cancelled before it began; start it again');
  const begun: RunFacts = { started: hooks.today().toISOString(), volumes, start: facts, inputs, data: sum };
  return drive(files, startRun(settings, weights), data, { steps: [], validations: [] }, begun, every, hooks);
}

/**
 * Goes on with a run from its last checkpoint, or the one before where that is damaged, to its last iteration.
 * @param onHistory told what the run has told so far, before it goes on
 * @throws BadRequest where there is no checkpoint, CorruptFile where none is whole, Aborted after the signal, with a checkpoint
 */
export async function resumeRun(
  files: RunFiles,
  every: Every,
  hooks: RunHooks,
  onHistory: (history: ReadHistory) => void = () => undefined,
): Promise<CheckpointIndex> {
  const restored = await restoreCheckpoint(files, hooks.signal);
  const index = await openRun(files);
  const history = await readHistory(files, index);
  onHistory({ ...history, damage: [...(restored === null ? [] : [restored]), ...history.damage] });
  const { data, sum } = await readSlices(files, index);
  const state = await loadCheckpoint(files, index, hooks.signal);
  await settleCheckpoint(files, index, history);
  const { steps, validations } = history;
  return drive(files, state, data, { steps, validations }, { ...index, data: sum }, every, hooks);
}

/** The run's last checkpoint. @throws BadRequest where there is none, CorruptFile where it is damaged or a file of it is missing */
export async function openRun(files: RunFiles): Promise<CheckpointIndex> {
  const index = await readStoredRun(files);
  if (!index) throw new BadRequest('training: a run must have a checkpoint, got none; start a new run');
  return index;
}

/** The slices that a run is trained on. @throws CorruptFile where they are not there or damaged */
export async function readRunData(files: RunFiles, index: CheckpointIndex): Promise<TrainData> {
  return (await readSlices(files, index)).data;
}

async function readSlices(
  files: RunFiles,
  index: CheckpointIndex,
): Promise<{ data: TrainData; sum: FileSum }> {
  const bytes = await files.read(DATA_FILE);
  if (!bytes)
    throw new CorruptFile(`${DATA_FILE}: must hold the run's slices, got no such file; start a new run`);
  await checkSum(DATA_FILE, bytes, index.data);
  return { data: readData(bytes), sum: index.data ?? (await sumOf(bytes)) };
}

/** A direction's model as of the last checkpoint: its averaged weights and their card. */
export async function exportRun(
  files: RunFiles,
  index: CheckpointIndex,
  direction: Direction,
  facts: { date: string; data: string; licence: string },
): Promise<{ card: ModelCard; weights: Uint8Array; state: StateDict }> {
  const { settings, step, start, inputs } = index;
  const parts = [];
  for (const name of trainingOf(settings).translates(direction))
    parts.push(...(await readAverage(files, index, name)));
  const state: StateDict = new Map(parts);
  const history = await readHistory(files, index);
  const { card, weights } = await exportModel(settings, direction, state, {
    ...facts,
    step,
    history,
    start,
    inputs,
  });
  return { card, weights, state };
}

/** Trains from a state, which is disposed at the end however it comes. */
async function drive(
  files: RunFiles,
  state: TrainingState,
  data: TrainData,
  history: RunHistory,
  facts: RunFacts,
  every: Every,
  hooks: RunHooks,
): Promise<CheckpointIndex> {
  const { iterations } = state.settings;
  const pace = new TrainingPace(iterations, hooks.now);
  const memoryBytes = () => memoryUse().reservedBytes;
  try {
    hooks.onReady({ step: state.step, iterations, memoryBytes: memoryBytes() });
    await runTraining(state, data, history, every, {
      ...hooks,
      onStep: (report) => hooks.onStep({ report, ...pace.after(report), memoryBytes: memoryBytes() }),
      save: async () => {
        const saved = hooks.today().toISOString();
        hooks.onCheckpoint(await saveCheckpoint(files, state, history, facts, saved));
      },
    });
    return await openRun(files);
  } finally {
    disposeNetworks(state.networks);
  }
}
