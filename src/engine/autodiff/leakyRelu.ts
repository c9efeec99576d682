import { owns } from '../kernels/own';
import { ownLeakyRelu } from '../kernels/wasm/operations/pointwise';
import * as tf from '../tf';

/**
 * x where positive, slope x elsewhere. TensorFlow.js's own has no second derivative, which the R1 penalty needs; the step
 * function has (it is 0).
 */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  if (owns('pointwise')) return ownLeakyRelu(x, slope);
  return tf.customGrad((value, save) => {
    (save as tf.GradSaveFunc)([value as tf.Tensor]);
    return {
      value: tf.leakyRelu(value as tf.Tensor, slope),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.step(saved[0], slope)),
    };
  })(x) as T;
}
