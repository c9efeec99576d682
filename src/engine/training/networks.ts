/** The eight networks of a run (those that its variant has), their optimizer states and moving averages. */

import type { StateDict } from '../formats/namedTensor';
import type {
  DiffusiveDiscriminator,
  DiffusiveDiscriminatorWeights,
} from '../networks/diffusiveDiscriminator/run';
import { diffusiveDiscriminatorTable } from '../networks/diffusiveDiscriminator/table';
import type { Generator, NcsnppWeights } from '../networks/ncsnpp/run';
import { ncsnppTable } from '../networks/ncsnpp/table';
import { disposeTree, leafOf, loadTree } from '../networks/parameters';
import type { PatchDiscriminatorWeights } from '../networks/patchDiscriminator/run';
import { patchDiscriminatorTable } from '../networks/patchDiscriminator/table';
import type { ResnetGeneratorConfig } from '../networks/resnetGenerator/config';
import type { ResnetGeneratorWeights } from '../networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../networks/resnetGenerator/table';
import type { ParameterTable } from '../networks/table';
import * as tf from '../tf';
import { type AdamState, disposeAdam, mix, startAdam } from './adam';
import { hasR, SIDES, type Side, type TrainSettings, trainedSides, trainsR } from './settings';

/** g: diffusive generator, r: non-diffusive one, d: diffusive discriminator, p: PatchGAN; by the contrast made or judged. */
export type NetworkName = `${'g' | 'r' | 'd' | 'p'}.${Side}`;

/** A network's weights on the backend. `adam` is null for one that is not trained, `ema` for one that has no average. */
export interface TrainedNetwork<T = unknown> {
  table: ParameterTable;
  tree: T;
  adam: AdamState | null;
  /** In the table's order; starts as a copy of the parameters after the first update. */
  ema: tf.Tensor[] | null;
}

export type Networks = Map<NetworkName, TrainedNetwork>;

/** CycleGAN's six residual blocks; PatchGAN's three layers. */
const R_BLOCKS = 6;
const PATCH_LAYERS = 3;

export const resnetConfig = ({ widths }: Pick<TrainSettings, 'widths'>): ResnetGeneratorConfig => ({
  ngf: widths.r,
  n_blocks: R_BLOCKS,
});

/** Tables of the networks that the variant has, in a fixed order. */
export function networkTables(settings: TrainSettings): Map<NetworkName, ParameterTable> {
  const { variant, widths, discriminator } = settings;
  const tables = new Map<NetworkName, ParameterTable>();
  for (const side of SIDES) {
    const diffusive = variant.diffusion && trainedSides(variant).includes(side);
    if (diffusive) tables.set(`g.${side}`, ncsnppTable(settings.generator));
    if (hasR(variant)) tables.set(`r.${side}`, resnetGeneratorTable(resnetConfig(settings)));
    if (diffusive && variant.adversarial) {
      const config = { ngf: widths.diffusive, t_emb_dim: widths.timeEmbedding, size: discriminator };
      tables.set(`d.${side}`, diffusiveDiscriminatorTable(config));
    }
    if (trainsR(variant) && variant.adversarial)
      tables.set(`p.${side}`, patchDiscriminatorTable({ ndf: widths.patch, n_layers: PATCH_LAYERS }));
  }
  return tables;
}

/** Whether a network of the variant learns: a frozen R does not. */
export const learns = (name: NetworkName, settings: TrainSettings): boolean =>
  !name.startsWith('r.') || trainsR(settings.variant);

/** Generators are averaged. */
export const isAveraged = (name: NetworkName, settings: TrainSettings): boolean =>
  /^[gr]\./.test(name) && learns(name, settings);

/**
 * Puts the weights of a run on the backend.
 * @param state each network's weights under the authors' names
 * @throws WeightsMismatch where they are of another network
 */
export function loadNetworks(settings: TrainSettings, state: (name: NetworkName) => StateDict): Networks {
  const networks: Networks = new Map();
  for (const [name, table] of networkTables(settings)) {
    const tree = loadTree(table, state(name));
    networks.set(name, {
      table,
      tree,
      adam: learns(name, settings) ? startAdam(table, tree) : null,
      ema: null,
    });
  }
  return networks;
}

export function disposeNetworks(networks: Networks): void {
  for (const { table, tree, adam, ema } of networks.values()) {
    disposeTree(table, tree);
    if (adam) disposeAdam(adam);
    tf.dispose(ema ?? []);
  }
}

/** The network's parameters, in the table's order. */
export function parametersOf({ table, tree }: TrainedNetwork): tf.Tensor[] {
  return table.map((row) => leafOf(tree, row));
}

/** ema = decay ema + (1 - decay) parameters; the first time a copy of them (as the authors' code starts it). */
export function updateAverage(network: TrainedNetwork, decay: number): void {
  const parameters = parametersOf(network);
  const before = network.ema;
  network.ema = before
    ? before.map((average, i) => tf.tidy(() => mix(average, parameters[i], decay)))
    : parameters.map((parameter) => tf.clone(parameter));
  tf.dispose(before ?? []);
}

/** The network's average, which translates; the parameters themselves before the first update. In the table's order. */
export function averageOf(network: TrainedNetwork): tf.Tensor[] {
  return network.ema ?? parametersOf(network);
}

/** The networks as their run functions take them. */
export function asGenerator(settings: TrainSettings, { tree }: TrainedNetwork): Generator {
  return {
    config: settings.generator,
    weights: tree as NcsnppWeights,
    fourierFrequencies: null,
    recompute: settings.recompute,
  };
}

export const asResnet = ({ tree }: TrainedNetwork) => tree as ResnetGeneratorWeights;
export const asPatch = ({ tree }: TrainedNetwork) => tree as PatchDiscriminatorWeights;

export function asDiffusiveDiscriminator(
  settings: TrainSettings,
  { tree }: TrainedNetwork,
): DiffusiveDiscriminator {
  return {
    size: settings.discriminator,
    timeDim: settings.widths.timeEmbedding,
    weights: tree as DiffusiveDiscriminatorWeights,
  };
}
