/** A network's weights on the backend, by its table (table.ts): read from the authors' state_dict, changed and written back. */
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import * as tf from '../tf';
import { checkFinite, checkState } from './checkState';
import { ourShape, type ParameterRow, type ParameterTable, toAuthors, toOurs } from './table';

export type Dense = { weight: tf.Tensor2D; bias: tf.Tensor1D };
export type Conv = { weight: tf.Tensor4D; bias?: tf.Tensor1D };
export type Affine = { weight: tf.Tensor1D; bias: tf.Tensor1D };

/**
 * Puts the authors' tensors on the backend as our weight tree. T must be the tree that the table describes.
 * @throws WeightsMismatch naming the first tensor that is missing, superfluous or of another shape; CorruptFile naming the first that is
 *         not finite
 */
export function loadTree<T>(table: ParameterTable, state: StateDict): T {
  checkState(table, state);
  checkFinite(state);
  return treeOf<T>(
    table,
    table.map((row) => tf.tensor(toOurs(row, state.get(row.name)!.data), ourShape(row), 'float32')),
  );
}

/**
 * Arranges one leaf, a tensor or what stands for it, a row into nested objects and arrays (numeric parts of a path are array indices). T must be the tree
 * that the table describes.
 */
export function treeOf<T>(table: ParameterTable, leaves: readonly unknown[]): T {
  const root: Record<string, unknown> = {};
  table.forEach((row, index) => {
    const parts = row.path.split('.');
    let node = root;
    parts.slice(0, -1).forEach((part, depth) => {
      node[part] ??= /^\d+$/.test(parts[depth + 1]) ? [] : {};
      node = node[part] as Record<string, unknown>;
    });
    node[parts[parts.length - 1]] = leaves[index];
  });
  return root as T;
}

/** A tree for those who look at shapes alone. */
export function shapesOf<T>(table: ParameterTable): T {
  const leaves = table.map((row) => {
    const shape = ourShape(row);
    return { shape, size: shape.reduce((a, b) => a * b, 1) } as tf.Tensor;
  });
  return treeOf(table, leaves);
}

/** The tensor of a row in a tree. */
export function leafOf(tree: unknown, row: ParameterRow): tf.Tensor {
  const [node, name] = placeOf(tree, row);
  return node[name];
}

/** Puts another tensor in the place of a row's; the old one is disposed. */
export function replaceLeaf(tree: unknown, row: ParameterRow, tensor: tf.Tensor): void {
  const [node, name] = placeOf(tree, row);
  if (node[name] !== tensor) node[name].dispose();
  node[name] = tensor;
}

/** The object that holds a row's tensor, and under which name. */
function placeOf(tree: unknown, { path }: ParameterRow): [node: Record<string, tf.Tensor>, name: string] {
  const parts = path.split('.');
  const name = parts.pop()!;
  const node = parts.reduce((inner, part) => (inner as Record<string, unknown>)[part], tree);
  return [node as Record<string, tf.Tensor>, name];
}

/** All tensors of a tree or a part of one. */
export function tensorsOf(tree: unknown): tf.Tensor[] {
  if (tree instanceof tf.Tensor) return [tree];
  return Object.values(tree ?? {}).flatMap(tensorsOf);
}

/** One tensor a row as the authors' state_dict, downloaded. */
export async function downloadState(
  table: ParameterTable,
  leaves: readonly tf.Tensor[],
): Promise<Map<string, NamedTensor>> {
  const state = new Map<string, NamedTensor>();
  for (const [index, row] of table.entries()) {
    const data = (await leaves[index].data()) as Float32Array;
    state.set(row.name, { shape: row.shape, data: toAuthors(row, data) });
  }
  return state;
}

export function disposeTree(table: ParameterTable, tree: unknown): void {
  for (const row of table) leafOf(tree, row).dispose();
}
