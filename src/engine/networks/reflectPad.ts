import { linear } from '../autodiff/linear';
import { owns } from '../kernels/own';
import { ownReflectPad } from '../kernels/wasm/operations/linear';
import * as tf from '../tf';

/**
 * Mirrors `n` pixels over every edge, without repeating the edge: [b, h, w, c] -> [b, h+2n, w+2n, c], n < h, w.
 * TensorFlow.js's own gradient of it is wrong.
 */
export function reflectPad(x: tf.Tensor4D, n: number): tf.Tensor4D {
  if (owns('reflect')) return ownReflectPad(x, n);
  const pad = linear(
    (v) =>
      tf.mirrorPad(
        v,
        [
          [0, 0],
          [n, n],
          [n, n],
          [0, 0],
        ],
        'reflect',
      ),
    (dy) => fold(fold(dy, n, 1), n, 2),
  );
  return pad(x);
}

/** The adjoint along one axis: the mirrored borders are added to where they came from. */
function fold(dy: tf.Tensor4D, n: number, axis: 1 | 2): tf.Tensor4D {
  const length = dy.shape[axis] - 2 * n;
  const part = (begin: number, size: number): tf.Tensor4D => {
    const begins = [0, 0, 0, 0];
    const sizes = [...dy.shape];
    begins[axis] = begin;
    sizes[axis] = size;
    return tf.slice(dy, begins, sizes);
  };
  /** A border turned over, `before` pixels from the low edge of the image. */
  const turned = (border: tf.Tensor4D, before: number): tf.Tensor4D => {
    const pads: [number, number][] = [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    pads[axis] = [before, length - n - before];
    return tf.pad(tf.reverse(border, axis), pads);
  };
  const low = turned(part(0, n), 1);
  const high = turned(part(n + length, n), length - n - 1);
  return tf.add(part(n, length), tf.add(low, high));
}
