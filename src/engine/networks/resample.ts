/** Up- and down-sampling by 2 of [b, h, w, c], with the separable FIR filter [1,3,3,1] (StyleGAN2's upfirdn2d) or without. */
import * as tf from '@tensorflow/tfjs';
import { linear } from '../autodiff/linear';

/** The outer product of [1,3,3,1]/8 times `gain`, once a channel: [4, 4, c, 1]. */
function firFilter(channels: number, gain: number): tf.Tensor4D {
  const row = [1, 3, 3, 1].map((v) => v / 8);
  const filter = tf.tensor4d(
    row.flatMap((a) => row.map((b) => a * b * gain)),
    [4, 4, 1, 1],
  );
  return tf.tile(filter, [1, 1, channels, 1]);
}

/** Puts a zero after every row and column: [b, h, w, c] -> [b, 2h, 2w, c]. */
function insertZeros(x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const columns = tf.pad(tf.reshape(x, [b * h * w, 1, c]), [
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  const rows = tf.pad(tf.reshape(columns, [b * h, 1, 2 * w * c]), [
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  return tf.reshape(rows, [b, 2 * h, 2 * w, c]);
}

function padPositions(x: tf.Tensor4D, before: number, after: number): tf.Tensor4D {
  return tf.pad(x, [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ]);
}

/** Zero insertion, padding (2, 1), filter. */
function up(x: tf.Tensor4D, gain: number): tf.Tensor4D {
  return tf.depthwiseConv2d(padPositions(insertZeros(x), 2, 1), firFilter(x.shape[3], gain), 1, 'valid');
}

/** Padding (1, 1), filter, every second pixel. */
function down(x: tf.Tensor4D, gain: number): tf.Tensor4D {
  return tf.depthwiseConv2d(padPositions(x, 1, 1), firFilter(x.shape[3], gain), 2, 'valid');
}

/** Filter at full rate; the image grows by 2 pad - 3. */
function smooth(x: tf.Tensor4D, pad: number): tf.Tensor4D {
  return tf.depthwiseConv2d(padPositions(x, pad, pad), firFilter(x.shape[3], 1), 1, 'valid');
}

// TensorFlow.js's depthwise convolution has no second derivative, and no first one on wasm. The filter is symmetric, so up and
// down by the same gain are each other's adjoints.

/** FIR up by 2, gain 4. */
export const firUp = linear(
  (x) => up(x, 4),
  (dy) => down(dy, 4),
);

/** FIR down by 2. */
export const firDown = linear(
  (x) => down(x, 1),
  (dy) => up(dy, 1),
);

/** FIR with padding (2, 2) at full rate, for the stride-2 convolution that follows it in the input pyramid. */
export const firSmooth = linear(
  (x) => smooth(x, 2),
  (dy) => smooth(dy, 1),
);

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
