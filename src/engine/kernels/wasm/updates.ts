/** Updates of all parameters of a network at once: Adam's (training/adam.ts), and moving averages. */
import * as tf from '../../tf';
import type { Kernels } from './kernels';

export interface AdamNumbers {
  betas: readonly [number, number];
  epsilon: number;
  /** The rate over the first bias correction, and 1 over the root of the second. */
  step: number;
  root: number;
  /** Times the parameter is added to its gradient. */
  decay: number;
}

/** A parameter, its mean, mean square and gradient. */
export type Before = readonly [parameter: tf.Tensor, mean: tf.Tensor, square: tf.Tensor, gradient: tf.Tensor];
export type After = [parameter: tf.Tensor, mean: tf.Tensor, square: tf.Tensor];

/** @returns of each parameter itself, its mean and its mean square after the update; what is given stays */
export function adamUpdate(kernels: Kernels, all: readonly Before[], numbers: AdamNumbers): After[] {
  const { betas, epsilon, step, root, decay } = numbers;
  const made = all.map(([{ shape }]) => [0, 1, 2].map(() => kernels.backend.makeOutput(shape, 'float32')));
  const list = listOf(kernels, all, (before, i) => [
    ...before.map((tensor) => kernels.addressOf(tensor)),
    before[0].size,
    ...made[i].map((info) => kernels.addressOf(info)),
  ]);
  const [beta1, beta2] = betas;
  kernels.whole(() =>
    kernels.run.adamAll(list, all.length, beta1, 1 - beta1, beta2, 1 - beta2, root, epsilon, step, decay),
  );
  return made.map((infos) => infos.map(tensorOf) as After);
}

/** decay average + (1 - decay) parameter of each; what is given stays. */
export function averagesOf(
  kernels: Kernels,
  averages: readonly tf.Tensor[],
  parameters: readonly tf.Tensor[],
  decay: number,
): tf.Tensor[] {
  const made = averages.map(({ shape }) => kernels.backend.makeOutput(shape, 'float32'));
  const list = listOf(kernels, averages, (average, i) => [
    kernels.addressOf(average),
    kernels.addressOf(parameters[i]),
    average.size,
    kernels.addressOf(made[i]),
  ]);
  kernels.run.weightedSums(list, averages.length, decay, 1 - decay);
  return made.map(tensorOf);
}

const tensorOf = (info: tf.TensorInfo): tf.Tensor => tf.engine().makeTensorFromTensorInfo(info);

/** Where the numbers of all entries lie, one after the other, as the kernels read them. */
function listOf<T>(kernels: Kernels, all: readonly T[], numbers: (one: T, i: number) => number[]): number {
  const values = all.flatMap(numbers);
  const address = kernels.workspace(4 * values.length);
  new Uint32Array(kernels.backend.wasm.asm.memory.buffer, address, values.length).set(values);
  return address;
}
