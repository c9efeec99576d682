/** Translations of slices by a run's own networks, as the finished model would give them. */
import type { ScheduleOptions } from '../diffusion/schedule';
import { methodOf, type Network } from '../methods';
import { type RunTranslator, translatorMaker } from '../methods/translator';
import { treeOf } from '../networks/parameters';
import { type TranslateHooks, translateSlices } from '../translateSlices';
import { averageOf, type NetworkName, resnetConfig } from './networks';
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
  const { settings } = state;
  const translator = await averagedTranslator(state, direction);
  const slices = sources.map((pixels, index) => ({ index, pixels }));
  const how = { seed: settings.seed, samples: 1, noise: 'shared' } as const;
  for await (const { mean } of translateSlices(translator, slices, settings.size, how, hooks)) yield mean;
}

/** Borrows the run's tensors. */
async function averagedTranslator(
  { settings, networks }: TrainingState,
  direction: Direction,
): Promise<RunTranslator> {
  const network = networks.get(translatorName(settings, direction));
  if (!network) throw new Error(`training: the variant has no network for ${direction}`);
  const config = translatingNetwork(settings);
  const make = await translatorMaker(config.method);
  const { table } = network;
  return make(config, translatingDiffusion(settings), treeOf(table, averageOf(network)));
}

/** The configuration of what the run's models translate with, as their cards have it. */
export function translatingNetwork(settings: TrainSettings): Network {
  return settings.variant.diffusion
    ? { method: 'syndiff', ...settings.generator }
    : { method: 'resnet', ...resnetConfig(settings) };
}

export function translatingDiffusion(settings: TrainSettings): ScheduleOptions {
  return settings.variant.diffusion
    ? settings.diffusion
    : methodOf(translatingNetwork(settings)).diffusion({});
}
