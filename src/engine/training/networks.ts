/** The networks of a run (those that its variant has), their optimizer states and moving averages. */
import type { StateDict } from '../formats/namedTensor';
import { gpuUpdates } from '../kernels/own';
import { ownKernels } from '../kernels/wasm/kernels';
import { averagesOf } from '../kernels/wasm/updates';
import { trainingOf } from '../methods';
import type { NetworkSpec } from '../methods/method';
import { disposeTree, leafOf, loadTree, replaceLeaf } from '../networks/parameters';
import * as tf from '../tf';
import { type AdamState, disposeAdam, mix, replaced, startAdam } from './adam';
import type { TrainSettings } from './settings';

/** A network's weights on the backend. `adam` is null for one that is not trained, `ema` for one that has no average. */
export interface TrainedNetwork {
  spec: NetworkSpec;
  /** What the network's run function takes. */
  tree: unknown;
  adam: AdamState | null;
  /** In the table's order; starts as a copy of the parameters after the first update. */
  ema: tf.Tensor[] | null;
}

/** By their names. */
export type Networks = Map<string, TrainedNetwork>;

/** The networks of a run, in a fixed order. */
export const networksOf = (settings: TrainSettings): readonly NetworkSpec[] =>
  trainingOf(settings).networks(settings);

/**
 * Puts the weights of a run on the backend.
 * @param state each network's weights under the authors' names
 * @throws WeightsMismatch where they are of another network
 */
export function loadNetworks(settings: TrainSettings, state: (name: string) => StateDict): Networks {
  const networks: Networks = new Map();
  for (const spec of networksOf(settings)) {
    const tree = loadTree<unknown>(spec.table, state(spec.name));
    networks.set(spec.name, {
      spec,
      tree,
      adam: spec.learns ? startAdam(spec.table, tree) : null,
      ema: null,
    });
  }
  return networks;
}

export function disposeNetworks(networks: Networks): void {
  for (const { spec, tree, adam, ema } of networks.values()) {
    disposeTree(spec.table, tree);
    if (adam) disposeAdam(adam);
    tf.dispose(ema ?? []);
  }
}

/** What an update changes of a network, to go back to by `restoreNetwork`. */
export interface NetworkBefore {
  parameters: tf.Tensor[];
  adam: AdamState | null;
  ema: tf.Tensor[] | null;
}

/** Costs nothing but memory once the network is updated. */
export function networkNow(network: TrainedNetwork): NetworkBefore {
  const { adam, ema } = network;
  const cloned = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => tf.clone(tensor));
  return {
    parameters: cloned(parametersOf(network)),
    adam: adam && { ...adam, mean: cloned(adam.mean), square: cloned(adam.square) },
    ema: ema && cloned(ema),
  };
}

/** `before` is taken over. */
export function restoreNetwork(network: TrainedNetwork, { parameters, adam, ema }: NetworkBefore): void {
  const { spec, tree } = network;
  for (const [i, row] of spec.table.entries()) replaceLeaf(tree, row, parameters[i]);
  if (network.adam) disposeAdam(network.adam);
  tf.dispose(network.ema ?? []);
  network.adam = adam;
  network.ema = ema;
}

export function tensorsIn({ parameters, adam, ema }: NetworkBefore): tf.Tensor[] {
  return [...parameters, ...(adam ? [...adam.mean, ...adam.square] : []), ...(ema ?? [])];
}

/** All tensors of the networks. */
export function tensorsOf(networks: Networks): tf.Tensor[] {
  return [...networks.values()].flatMap((network) =>
    tensorsIn({ ...network, parameters: parametersOf(network) }),
  );
}

/** The network's parameters, in the table's order. */
export function parametersOf({ spec, tree }: TrainedNetwork): tf.Tensor[] {
  return spec.table.map((row) => leafOf(tree, row));
}

/** ema = decay ema + (1 - decay) parameters; the first time a copy of them (as the authors' code starts it). */
export function updateAverage(network: TrainedNetwork, decay: number): void {
  const parameters = parametersOf(network);
  const before = network.ema;
  network.ema = before
    ? replaced(before, averaged(before, parameters, decay))
    : parameters.map((parameter) => tf.clone(parameter));
}

function averaged(before: readonly tf.Tensor[], parameters: readonly tf.Tensor[], decay: number) {
  const kernels = ownKernels();
  if (kernels) return averagesOf(kernels, before, parameters, decay);
  const onGpu = gpuUpdates();
  if (onGpu) return onGpu.averagesOf(before, parameters, decay);
  return before.map((average, i) => tf.tidy(() => mix(average, parameters[i], decay)));
}

/** The network's average, which translates; the parameters themselves before the first update. In the table's order. */
export function averageOf(network: TrainedNetwork): tf.Tensor[] {
  return network.ema ?? parametersOf(network);
}
