/** Translations of slices by a run's own networks, as the finished model would give them. */
import { treeOf } from '../networks/parameters';
import type { Translator } from '../networks/translator';
import { type TranslateHooks, translateSlices } from '../translateSlices';
import { asGenerator, asResnet, averageOf, type NetworkName, resnetConfig } from './networks';
import type { Direction } from './reports';
import type { Side, TrainSettings } from './settings';
import { trainedSides } from './settings';
import type { TrainingState } from './step';

/** Directions that a run trains. */
export function trainedDirections({ variant }: Pick<TrainSettings, 'variant'>): Direction[] {
  const made = trainedSides(variant);
  return (['aToB', 'bToA'] as const).filter((direction) => made.includes(sidesOf(direction).target));
}

export function sidesOf(direction: Direction): { source: Side; target: Side } {
  return direction === 'aToB' ? { source: 'a', target: 'b' } : { source: 'b', target: 'a' };
}

/** The network that translates in a direction: the diffusive generator, or R where the variant has no diffusion. */
export function translatorName(
  { variant }: Pick<TrainSettings, 'variant'>,
  direction: Direction,
): NetworkName {
  return `${variant.diffusion ? 'g' : 'r'}.${sidesOf(direction).target}`;
}

/**
 * Translates by the averaged weights, one slice after another, always with the same noise.
 * @param sources size*size each, [-1, 1]
 * @throws Aborted within one reverse step of the signal
 */
export async function* translateImages(
  state: TrainingState,
  direction: Direction,
  sources: readonly Float32Array[],
  hooks: TranslateHooks,
): AsyncGenerator<Float32Array> {
  const { settings, schedule } = state;
  const translator = averagedTranslator(state, direction);
  const slices = sources.map((pixels, index) => ({ index, pixels }));
  const how = { seed: settings.seed, samples: 1, noise: 'shared' } as const;
  for await (const { mean } of translateSlices(translator, schedule, slices, settings.size, how, hooks))
    yield mean;
}

/** Borrows the run's tensors. */
function averagedTranslator({ settings, networks }: TrainingState, direction: Direction): Translator {
  const network = networks.get(translatorName(settings, direction));
  if (!network) throw new Error(`training: the variant has no network for ${direction}`);
  const averaged = { ...network, tree: treeOf(network.table, averageOf(network)) };
  if (settings.variant.diffusion) return { ...asGenerator(settings, averaged), recompute: false };
  return { config: resnetConfig(settings), table: network.table, weights: asResnet(averaged) };
}
