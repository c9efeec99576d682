/**
 * How a network's weights are laid out: one table of rows (our path, the authors' name, kind, shape), from which weights are
 * read, checked, made and written back. Our layouts are TensorFlow's: conv [kh, kw, in, out], dense [in, out].
 */

import { gatherStrided } from '../formats/strided';
import * as tf from '../tf';
import { checkState } from '../weights/checkState';
import type { NamedTensor, StateDict } from './config';

/**
 * conv: authors [out, in, kh, kw]; convTranspose: authors [in, out, kh, kw] -> ours [kh, kw, out, in];
 * dense: authors [out, in]; asIs: vectors, and the attention's 1x1 matrices, which they store as [in, out].
 */
export type ParameterKind = 'conv' | 'convTranspose' | 'dense' | 'asIs';

export interface ParameterRow {
  /** Where the tensor sits in our weight tree, e.g. "down.0.blocks.1.conv0.weight". */
  path: string;
  /** The authors' name, e.g. "all_modules.4.Conv_0.weight". */
  name: string;
  kind: ParameterKind;
  /** The authors' shape. */
  shape: number[];
}

export type ParameterTable = ParameterRow[];

export type Dense = { weight: tf.Tensor2D; bias: tf.Tensor1D };
export type Conv = { weight: tf.Tensor4D; bias?: tf.Tensor1D };
export type Affine = { weight: tf.Tensor1D; bias: tf.Tensor1D };

const TO_OURS: Record<ParameterKind, number[] | null> = {
  conv: [2, 3, 1, 0],
  convTranspose: [2, 3, 1, 0],
  dense: [1, 0],
  asIs: null,
};

/** Our shape of a row. */
export function ourShape({ kind, shape }: ParameterRow): number[] {
  const order = TO_OURS[kind];
  return order ? order.map((axis) => shape[axis]) : shape;
}

/** Values of all tensors of a network. */
export function numberOfValues(table: ParameterTable): number {
  return table.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** The authors' values in our layout. */
export function toOurs(row: ParameterRow, data: Float32Array): Float32Array {
  const order = TO_OURS[row.kind];
  return order ? permute(data, row.shape, order) : data;
}

/** Our values in the authors' layout; the inverse of `toOurs`. */
export function toAuthors(row: ParameterRow, data: Float32Array): Float32Array {
  const order = TO_OURS[row.kind];
  if (!order) return data;
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return permute(data, ourShape(row), inverse);
}

/** Transposes a C-order array: axis a of the result is axis order[a] of the input. */
function permute(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((p, n) => p * n, 1));
  return gatherStrided(
    data,
    order.map((axis) => shape[axis]),
    order.map((axis) => strides[axis]),
  );
}

/**
 * Puts the authors' tensors on the backend as our weight tree. T must be the tree that the table describes.
 * @throws WeightsMismatch naming the first tensor that is missing, superfluous or of another shape.
 */
export function loadTree<T>(table: ParameterTable, state: StateDict): T {
  checkState(table, state);
  return treeOf<T>(
    table,
    table.map((row) => tf.tensor(toOurs(row, state.get(row.name)!.data), ourShape(row), 'float32')),
  );
}

/**
 * Arranges one tensor a row into nested objects and arrays (numeric parts of a path are array indices). T must be the tree
 * that the table describes.
 */
export function treeOf<T>(table: ParameterTable, leaves: readonly tf.Tensor[]): T {
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

/** The tensor of a row in a tree. */
export function leafOf(tree: unknown, row: ParameterRow): tf.Tensor {
  const [node, name] = placeOf(tree, row);
  return node[name];
}

/** Puts another tensor in the place of a row's; the old one is disposed. */
export function replaceLeaf(tree: unknown, row: ParameterRow, tensor: tf.Tensor): void {
  const [node, name] = placeOf(tree, row);
  node[name].dispose();
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
