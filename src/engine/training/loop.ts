/**
 * A run from its present iteration to its last: training, with validation, previews and checkpoints in between. Everything that
 * an iteration needs comes from the settings, the data and its number, so that a run that was stopped and one that was not are
 * the same.
 */
import { Aborted } from '../../errors';
import { each, type Infer, whole } from '../../schema';
import { trainStepOf } from '../methods/trainStep';
import { inPieces } from '../pieces';
import * as tf from '../tf';
import type { TranslateHooks } from '../translateSlices';
import { batchOf } from './batches';
import type { TrainData } from './data';
import type { TrainingState, TrainStep } from './iteration';
import { ratesAt } from './rates';
import type { Preview, RunHistory, Scoring, StepReport, Validation } from './reports';
import { trainedSize } from './settings';
import { SIDES } from './sides';
import { previews, validate } from './validate';

/** Iterations between two of each; 0: never. */
export const EVERY = each(['preview', 'validation', 'checkpoint'], whole());
export type Every = Infer<typeof EVERY>;

export interface LoopHooks {
  /** Stops within the running iteration, which then never was, once there is a checkpoint of those before it. */
  signal: AbortSignal;
  /** Milliseconds, monotonic. */
  now: () => number;
  /** Awaited after every iteration and within longer ones: lets a worker hear a cancel, and throws if the device has failed. */
  pause: () => Promise<void>;
  onStep: (report: StepReport) => void;
  /** Before every slice of a validation. */
  onScoring: (scoring: Scoring) => void;
  /** Told while previews are made that take their time. */
  onDrawing?: (drawing: Scoring) => void;
  onValidation: (validation: Validation) => void;
  /** Awaited. */
  onPreview: (preview: Preview) => unknown;
  /** Writes a checkpoint of the state as it is. */
  save: () => Promise<void>;
}

/**
 * Trains until the settings' last iteration. A run that begins is validated, shown and saved first, so that there is a before
 * to every after and a checkpoint to come back to.
 * @param history what was told before; goes on growing
 * @throws Aborted after the signal, with a checkpoint of all that is done; Error where a loss is no longer a number
 */
export async function runTraining(
  state: TrainingState,
  data: TrainData,
  history: RunHistory,
  every: Every,
  hooks: LoopHooks,
): Promise<void> {
  const { iterations, method } = state.settings;
  const trainStep = await trainStepOf(method);
  const during: TranslateHooks = { signal: hooks.signal, pause: hooks.pause };
  const look = async (wantsValidation: boolean, wantsPreview: boolean) => {
    if (wantsValidation) {
      const validation = await validate(state, data, during, hooks.onScoring);
      if (validation) history.validations.push(validation);
      if (validation) hooks.onValidation(validation);
    }
    if (wantsPreview)
      for (const preview of await previews(state, data, during, hooks.onDrawing))
        await hooks.onPreview(preview);
  };
  if (state.step === 0) await hooks.save();
  /** What a checkpoint holds grows with these alone. */
  const reached = () => `${state.step} ${history.validations.length}`;
  let saved = reached();
  const save = async () => {
    await hooks.save();
    saved = reached();
  };
  const stop = async (): Promise<never> => {
    if (reached() !== saved) await save();
    throw new Aborted('training: stopped; the run can be resumed');
  };
  const isDue = (interval: number) =>
    interval > 0 && (state.step === iterations || state.step % interval === 0);
  const isValidated = history.validations.at(-1)?.step === state.step;
  // At the beginning, and where a stop has cut a validation off, or the pictures after it, of which nothing is kept.
  if (state.step < iterations || !isValidated)
    await look(isDue(every.validation) && !isValidated, isDue(every.preview));
  while (state.step < iterations) {
    if (hooks.signal.aborted) await stop();
    try {
      const report = await oneIteration(trainStep, state, data, hooks);
      history.steps.push(report);
      hooks.onStep(report);
      await hooks.pause();
      await look(isDue(every.validation), isDue(every.preview));
    } catch (error) {
      // Of an iteration nothing is left then, and of a done one only the look at it was cancelled.
      if ((error as Error).name !== 'Aborted') throw error;
      await stop();
    }
    if (isDue(every.checkpoint) || state.step === iterations) await save();
  }
}

async function oneIteration(
  trainStep: TrainStep,
  state: TrainingState,
  data: TrainData,
  { now, signal, pause }: LoopHooks,
): Promise<StepReport> {
  const { settings, step } = state;
  const begin = now();
  const rates = ratesAt(settings, step);
  const batch = batchOf(data, settings, step);
  const seen = trainedSize(settings);
  const [a, b] = SIDES.map((side) => tf.tensor4d(batch[side], [settings.batch, seen, seen, 1]));
  const work = trainStep(state, { a, b }, rates);
  const losses = await inPieces(work, { signal, pause }, now, 'training: stopped').finally(() =>
    tf.dispose([a, b]),
  );
  state.step++;
  const values: Record<string, number> = {};
  for (const [name, scalar] of losses) values[name] = (await scalar.data())[0];
  tf.dispose([...losses.values()]);
  const broken = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (broken) {
    throw new Error(
      `training: every loss must stay a number, got ${broken[1]} for ${broken[0]} in iteration ${state.step}; lower the learning rates and start again, or resume from the last checkpoint`,
    );
  }
  return { step: state.step, losses: values, rate: rates.generators, ms: now() - begin };
}
