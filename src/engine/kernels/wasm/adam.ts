/** One update of Adam (training/adam.ts) of one tensor, in one pass over it. */
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

/** @returns the parameter, its mean and its mean square after the update; what is given stays */
export function adamUpdate(
  kernels: Kernels,
  ...[parameter, mean, square, gradient, numbers]: [
    parameter: tf.Tensor,
    mean: tf.Tensor,
    square: tf.Tensor,
    gradient: tf.Tensor,
    numbers: AdamNumbers,
  ]
): [parameter: tf.Tensor, mean: tf.Tensor, square: tf.Tensor] {
  const { betas, epsilon, step, root, decay } = numbers;
  const given = [parameter, mean, square, gradient];
  const made = given.slice(0, 3).map(({ shape }) => kernels.backend.makeOutput(shape, 'float32'));
  const [p, m, v, g, newP, newM, newV] = [...given, ...made].map((tensor) => kernels.addressOf(tensor));
  const [beta1, beta2] = betas;
  kernels.whole(() =>
    kernels.run.adam(
      ...[p, m, v, g, parameter.size, beta1, 1 - beta1, beta2, 1 - beta2, root, epsilon, step, decay],
      ...[newP, newM, newV],
    ),
  );
  const [one, two, three] = made.map((info) => tf.engine().makeTensorFromTensorInfo(info));
  return [one, two, three];
}
