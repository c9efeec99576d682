/** A method's network as an ONNX graph: one reverse step of a chain, or the one pass. */

import type { StateDict } from '../formats/namedTensor';
import { checkState } from '../networks/checkState';
import { Graph } from '../onnx/graph';
import { type GraphKind, type Image, Layers } from '../onnx/layers';
import { type InGraph, weightsInGraph } from '../onnx/weights';
import { type MethodId, methodOf, type Network, translatingTable } from '.';

/**
 * What a method's graph.ts exports as `makeGraph`: adds inputs, the network and outputs.
 * @param side of the square images, pixels
 * @throws WeightsMismatch for a network that cannot translate
 */
export type MakeGraph<C = Network, Weights = unknown> = (
  layers: Layers,
  network: C,
  weights: InGraph<Weights>,
  side: number,
) => void;

/** Source and result of a network that makes the one of the other. */
export function onePassGraph<C, Weights>(
  run: (layers: Layers, weights: InGraph<Weights>, source: Image, network: C) => Image,
): MakeGraph<C, Weights> {
  return (layers, network, weights, side) => {
    const source = layers.imageInput('source', side, SOURCE_TEXT);
    layers.imageOutput('target', run(layers, weights, source, network), 'the target contrast, -1 to 1');
  };
}

export const SOURCE_TEXT = 'the source contrast, -1 to 1';

export interface GraphOptions {
  readonly kind: GraphKind;
  readonly side: number;
  /** Weights are stored as float16. */
  readonly half: boolean;
}

/** @throws WeightsMismatch where names or shapes are not those of the network, and as a method's `makeGraph`; CorruptFile for weights that are not finite */
export async function graphOf(
  network: Network,
  state: StateDict,
  { kind, side, half }: GraphOptions,
): Promise<Graph> {
  const make = await graphMaker(network.method);
  const graph = new Graph();
  checkState(methodOf(network).table(network), state);
  // What makes no image is left out of the file.
  const table = translatingTable(network);
  const used: StateDict = new Map(table.map(({ name }) => [name, state.get(name)!]));
  const weights = weightsInGraph<unknown>(graph, table, used, half);
  make(new Layers(graph, kind), network, weights, side);
  return graph;
}

async function graphMaker(method: MethodId): Promise<MakeGraph> {
  const { makeGraph } = await import(`./${method}/graph.ts`);
  return makeGraph;
}
