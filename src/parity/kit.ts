/** What comparisons of networks with golden files share: the file taken apart, weights on the backend, an image held against another. */

import { valueAndGradients } from '../engine/autodiff/vjp';
import type { NamedTensor, StateDict } from '../engine/formats/namedTensor';
import { disposeTree, leafOf, loadTree } from '../engine/networks/parameters';
import { type ParameterTable, toAuthors } from '../engine/networks/table';
import * as tf from '../engine/tf';
import { relativeError } from './compare';
import { type GoldenReader, goldenTensors } from './golden';

/** Float32 summed in another order differs by up to this for a network. */
export const NETWORK_TOLERANCE = 1e-4;

export interface Golden {
  metadata: Record<string, string>;
  config: Record<string, unknown>;
  params: StateDict;
  /** Everything else: in.*, out*, x... */
  tensor: (name: string) => NamedTensor;
  /** The same where the file may not have it. */
  find: (name: string) => NamedTensor | undefined;
}

export type Case = (name: string, read: GoldenReader) => Promise<number>;

export function withGolden(run: (golden: Golden) => Promise<number>): Case {
  return async (name, read) => run(parseGolden(await read(name)));
}

export function parseGolden(bytes: Uint8Array): Golden {
  const { tensors, metadata } = goldenTensors(bytes);
  const params = new Map<string, NamedTensor>();
  for (const [name, value] of tensors)
    if (name.startsWith('param.')) params.set(name.slice('param.'.length), value);
  return {
    metadata,
    config: metadata.config ? JSON.parse(metadata.config) : {},
    params,
    find: (name) => tensors.get(name),
    tensor: (name) => {
      const found = tensors.get(name);
      if (!found) throw new Error(`parity: the file has no tensor ${name}`);
      return found;
    },
  };
}

/** [b, c, h, w] of the authors -> [b, h, w, c]. */
export function image({ shape, data }: NamedTensor): tf.Tensor4D {
  return tf.tidy(() =>
    tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1]),
  );
}

export function matrix({ shape, data }: NamedTensor): tf.Tensor2D {
  return tf.tensor2d(data, shape as [number, number]);
}

/** Runs `compute`, compares its image with `want` ([b, c, h, w]) and frees everything. */
export async function compareImage(compute: () => tf.Tensor4D, want: NamedTensor): Promise<number> {
  const out = tf.tidy(() => tf.transpose(compute(), [0, 3, 1, 2]));
  const got = await out.data();
  out.dispose();
  return relativeError(got, want.data);
}

/** The same of anything that is in the order of the file. */
export async function compareNumbers(compute: () => tf.Tensor, want: NamedTensor): Promise<number> {
  const out = tf.tidy(compute);
  const got = await out.data();
  out.dispose();
  return relativeError(got, want.data);
}

export async function withTree<T>(
  table: ParameterTable,
  params: StateDict,
  use: (tree: T) => Promise<number>,
) {
  const tree = loadTree<T>(table, params);
  try {
    return await use(tree);
  } finally {
    disposeTree(table, tree);
  }
}

/** The gradients of sum(out * cotangent), under our table's order; both in the authors' layout against the file's `grad.` tensors. */
export async function gradientError(
  golden: Golden,
  table: ParameterTable,
  tree: unknown,
  x: tf.Tensor4D,
  run: () => tf.Tensor4D,
): Promise<number> {
  const cotangent = image(golden.tensor('in.cotangent'));
  const loss = () => tf.sum(tf.mul(run(), cotangent)) as tf.Scalar;
  const { value, gradients } = valueAndGradients(loss, [x, ...table.map((row) => leafOf(tree, row))]);
  const [ofX, ...ofWeights] = gradients;
  const errors = [await compareImage(() => tf.clone(ofX) as tf.Tensor4D, golden.tensor('grad.x'))];
  for (const [n, row] of table.entries()) {
    const want = golden.find(`grad.${row.name}`);
    if (!want) continue;
    const got = toAuthors(row, (await ofWeights[n].data()) as Float32Array);
    errors.push(relativeError(got, want.data));
  }
  tf.dispose([value, cotangent, ...gradients]);
  return Math.max(...errors);
}

/** Of a block by itself, whose names have nothing before them. */
export const unnamed = (table: ParameterTable): ParameterTable =>
  table.map((row) => ({ ...row, name: row.name.replace(/^\./, '') }));
