/** A network's weights as constants of a graph, under the authors' names and in their layout, which is ONNX's. */
import type { StateDict } from '../formats/namedTensor';
import { checkFinite, checkState } from '../networks/checkState';
import { treeOf } from '../networks/parameters';
import type { ParameterTable } from '../networks/table';
import type * as tf from '../tf';
import type { Graph } from './graph';

/** A weight's value in the graph; the authors' shape, such as [out, in, kh, kw]. */
export interface Weight {
  readonly value: string;
  readonly shape: readonly number[];
}

/** A tree of weights with a graph's values in place of tensors. */
export type InGraph<T> = T extends tf.Tensor ? Weight : { [K in keyof T]: InGraph<T[K]> };

/**
 * Puts the authors' tensors into the graph, as the tree that the table describes.
 * @param half stored as float16
 * @throws as `loadTree`
 */
export function weightsInGraph<T>(
  graph: Graph,
  table: ParameterTable,
  state: StateDict,
  half: boolean,
): InGraph<T> {
  checkState(table, state);
  checkFinite(state);
  const leaves = table.map(({ name, shape }): Weight => {
    return { value: graph.tensor(name, shape, state.get(name)!.data, half), shape };
  });
  return treeOf<InGraph<T>>(table, leaves);
}
