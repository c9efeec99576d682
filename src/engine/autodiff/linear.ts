import * as tf from '../tf';
import { isRecording } from './vjp';

type Map4D = (x: tf.Tensor4D) => tf.Tensor4D;

/** A linear map whose gradient is its adjoint, whose gradient is the map again: derivatives of every order. */
export function linear(map: Map4D, adjoint: Map4D): Map4D {
  return (x) => {
    if (!isRecording()) return map(x);
    const operation = tf.customGrad((value) => ({
      value: map(value as tf.Tensor4D),
      gradFunc: (dy) => linear(adjoint, map)(dy as tf.Tensor4D),
    }));
    return operation(x) as tf.Tensor4D;
  };
}
