/** Adam (Kingma & Ba 2015), as PyTorch has it: the bias corrections outside, eps added to the corrected root. */
import { gpuUpdates } from '../kernels/own';
import { ownKernels } from '../kernels/wasm/kernels';
import { adamUpdate } from '../kernels/wasm/updates';
import { leafOf, replaceLeaf } from '../networks/parameters';
import type { ParameterTable } from '../networks/table';
import * as tf from '../tf';

const BETA1 = 0.5;
const BETA2 = 0.9;
const EPSILON = 1e-8;

/** The moments of a network's parameters, in the order of its table. */
export interface AdamState {
  /** Updates done. */
  updates: number;
  mean: tf.Tensor[];
  square: tf.Tensor[];
}

export function startAdam(table: ParameterTable, tree: unknown): AdamState {
  const zeros = () => table.map((row) => tf.zerosLike(leafOf(tree, row)));
  return { updates: 0, mean: zeros(), square: zeros() };
}

/**
 * One update of every parameter of the tree, in place. The gradients, in the table's order, are disposed.
 * @param decay times each parameter is added to its gradient (L2), 0: nothing
 */
export function updateByAdam(
  table: ParameterTable,
  tree: unknown,
  state: AdamState,
  gradients: readonly tf.Tensor[],
  rate: number,
  decay = 0,
): void {
  state.updates++;
  const step = rate / (1 - BETA1 ** state.updates);
  const root = 1 / Math.sqrt(1 - BETA2 ** state.updates);
  const kernels = ownKernels();
  const onGpu = gpuUpdates();
  if (kernels || onGpu) {
    const before = table.map(
      (row, i) => [leafOf(tree, row), state.mean[i], state.square[i], gradients[i]] as const,
    );
    const numbers = { betas: [BETA1, BETA2], epsilon: EPSILON, step, root, decay } as const;
    const after = kernels ? adamUpdate(kernels, before, numbers) : onGpu!.adamUpdate(before, numbers);
    tf.dispose(gradients as tf.Tensor[]);
    state.mean = replaced(
      state.mean,
      after.map(([, mean]) => mean),
    );
    state.square = replaced(
      state.square,
      after.map(([, , square]) => square),
    );
    for (const [i, row] of table.entries()) replaceLeaf(tree, row, after[i][0]);
    return;
  }
  table.forEach((row, i) => {
    const [mean, square, parameter] = tf.tidy(() => {
      const gradient = decay > 0 ? tf.add(gradients[i], tf.mul(leafOf(tree, row), decay)) : gradients[i];
      const m = mix(state.mean[i], gradient, BETA1);
      const v = mix(state.square[i], tf.mul(gradient, gradient), BETA2);
      const denominator = tf.add(tf.mul(tf.sqrt(v), root), EPSILON);
      return [m, v, tf.sub(leafOf(tree, row), tf.mul(tf.div(m, denominator), step))];
    });
    tf.dispose([state.mean[i], state.square[i], gradients[i]]);
    state.mean[i] = mean;
    state.square[i] = square;
    replaceLeaf(tree, row, parameter);
  });
}

/** Those after, of which some may be those before; the rest of these is disposed. */
export function replaced(before: readonly tf.Tensor[], after: tf.Tensor[]): tf.Tensor[] {
  tf.dispose(before.filter((tensor, i) => tensor !== after[i]));
  return after;
}

/** decay a + (1 - decay) b. */
export function mix(a: tf.Tensor, b: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(a, decay), tf.mul(b, 1 - decay));
}

export function disposeAdam({ mean, square }: AdamState): void {
  tf.dispose([...mean, ...square]);
}
