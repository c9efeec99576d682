/** Up- and down-sampling by 2 of [b, h, w, c], with the separable FIR filter [1,3,3,1] (StyleGAN2's upfirdn2d) or without. */
import { linear } from '../autodiff/linear';
import { freeing } from '../autodiff/vjp';
import { owns } from '../kernels/own';
import { ownFir } from '../kernels/wasm/operations/linear';
import * as tf from '../tf';

/**
 * Rows (1) or columns (2). The filter is applied along one axis after the other: half the products of its 4x4 form, and wasm has
 * a fast kernel for four taps but takes sixteen one number at a time, fifty times slower.
 */
type Axis = 1 | 2;

/** Zeros before and after along an axis, then [1,3,3,1]/8 times `gain`, at every `stride`-th place. */
function filtered(
  x: tf.Tensor4D,
  axis: Axis,
  [before, after]: readonly [number, number],
  gain: number,
  stride = 1,
): tf.Tensor4D {
  const along = <T>(value: T, other: T): [T, T] => (axis === 1 ? [value, other] : [other, value]);
  const padded = tf.pad(x, [[0, 0], ...along<[number, number]>([before, after], [0, 0]), [0, 0]]);
  const row = [1, 3, 3, 1].map((v) => (v / 8) * gain);
  const filter = tf.tile(tf.tensor4d(row, [...along(4, 1), 1, 1]), [1, 1, x.shape[3], 1]) as tf.Tensor4D;
  return tf.depthwiseConv2d(padded as tf.Tensor4D, filter, along(stride, 1), 'valid');
}

/** Puts a zero after every row or column. */
function insertZeros(x: tf.Tensor4D, axis: Axis): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const lines: [number, number, number] = axis === 1 ? [b * h, 1, w * c] : [b * h * w, 1, c];
  const spread = tf.pad(tf.reshape(x, lines), [
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  return tf.reshape(spread, axis === 1 ? [b, 2 * h, w, c] : [b, h, 2 * w, c]);
}

/** Zero insertion, padding (2, 1), filter; `gain` of each axis. */
function up(x: tf.Tensor4D, gain: number): tf.Tensor4D {
  return freeing(() => {
    const columns = freeing(() => filtered(insertZeros(x, 2), 2, [2, 1], gain));
    return filtered(insertZeros(columns, 1), 1, [2, 1], gain);
  });
}

/** Padding (1, 1), filter, every second pixel; `gain` of each axis. */
function down(x: tf.Tensor4D, gain: number): tf.Tensor4D {
  return freeing(() => filtered(filtered(x, 1, [1, 1], gain, 2), 2, [1, 1], gain, 2));
}

/** Filter at full rate; the image grows by 2 pad - 3. */
function smooth(x: tf.Tensor4D, pad: number): tf.Tensor4D {
  return freeing(() => filtered(filtered(x, 1, [pad, pad], 1), 2, [pad, pad], 1));
}

// TensorFlow.js's depthwise convolution has no second derivative, and no first one on wasm. The filter is symmetric, so up and
// down by the same gain are each other's adjoints.

const plainUp = linear(
  (x) => up(x, 2),
  (dy) => down(dy, 2),
);

const plainDown = linear(
  (x) => down(x, 1),
  (dy) => up(dy, 1),
);

const plainSmooth = linear(
  (x) => smooth(x, 2),
  (dy) => smooth(dy, 1),
);

/** FIR up by 2, gain 4: 2 along each axis. */
export const firUp = (x: tf.Tensor4D): tf.Tensor4D => (owns('fir') ? ownFir(x, 'up') : plainUp(x));

/** FIR down by 2. */
export const firDown = (x: tf.Tensor4D): tf.Tensor4D => (owns('fir') ? ownFir(x, 'down') : plainDown(x));

/** FIR with padding (2, 2) at full rate, for the stride-2 convolution that follows it in the input pyramid. */
export const firSmooth = (x: tf.Tensor4D): tf.Tensor4D =>
  owns('fir') ? ownFir(x, 'smooth') : plainSmooth(x);

/** Nearest-neighbour up by 2. */
export const naiveUp = linear(repeat, (dy) => tf.mul(halve(dy), 4));

/** Mean of 2x2 pixels. */
export const naiveDown = linear(halve, (dy) => tf.mul(repeat(dy), 0.25));

function repeat(x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const columns = tf.tile(tf.reshape(x, [b * h * w, 1, c]), [1, 2, 1]);
  return tf.reshape(tf.tile(tf.reshape(columns, [b * h, 1, 2 * w * c]), [1, 2, 1]), [b, 2 * h, 2 * w, c]);
}

function halve(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 2, 2, 'valid');
}
