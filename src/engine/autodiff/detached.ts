import * as tf from '../tf';
import { isRecording } from './vjp';

/** x, through which no gradient flows back. */
export function detached<T extends tf.Tensor>(x: T): T {
  if (!isRecording()) return x;
  const operation = tf.customGrad((value) => ({
    value: tf.clone(value as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }));
  return operation(x) as T;
}
