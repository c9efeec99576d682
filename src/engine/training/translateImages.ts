/** Translations of slices by a run's own networks, as the finished model would give them. */
import type { ScheduleOptions } from '../diffusion/schedule';
import { onWasm } from '../kernels/fastNetworks';
import { trainingOf } from '../methods';
import { MadeOfWeights, type RunTranslator, translatorMaker } from '../methods/translator';
import { treeOf } from '../networks/parameters';
import { type TranslateHooks, translateSlices } from '../translateSlices';
import type { TrainingState } from './iteration';
import { averageOf } from './networks';
import type { Direction } from './sides';
import { isUnconditional } from './variant';

/**
 * Translates by the averaged weights, one slice after another, always with the same noise, but for images that are made of noise alone.
 * The run must not go on meanwhile.
 * @param sources size*size each, [-1, 1]
 * @param diffusion the model's own, or a shorter one for pictures
 * @throws Aborted within one reverse step of the signal
 */
export async function* translateImages(
  state: TrainingState,
  direction: Direction,
  sources: readonly Float32Array[],
  hooks: TranslateHooks,
  diffusion: ScheduleOptions = trainingOf(state.settings).diffusion(state.settings),
): AsyncGenerator<Float32Array> {
  const { settings } = state;
  const made = new MadeOfWeights(onWasm);
  const translator = await averagedTranslator(state, direction, diffusion, made);
  const slices = sources.map((pixels, index) => ({ index, pixels }));
  const noise = isUnconditional(settings.variant) ? 'independent' : 'shared';
  const how = { seed: settings.seed, samples: 1, noise } as const;
  try {
    for await (const { mean } of translateSlices(translator, slices, settings.size, how, hooks)) yield mean;
  } finally {
    made.dispose();
  }
}

/** Borrows the run's tensors. */
async function averagedTranslator(
  { settings, networks }: TrainingState,
  direction: Direction,
  diffusion: ScheduleOptions,
  made: MadeOfWeights,
): Promise<RunTranslator> {
  const training = trainingOf(settings);
  const trees = training.translates(direction).map((name) => {
    const network = networks.get(name);
    if (!network) throw new Error(`training: the variant has no network for ${direction}`);
    return treeOf<object>(network.spec.table, averageOf(network));
  });
  const make = await translatorMaker(settings.method);
  return make(training.network(settings), diffusion, Object.assign({}, ...trees), made);
}
