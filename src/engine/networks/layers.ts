/** Building blocks shared by the networks. Images are [b, h, w, c]. All functions are pure; callers tidy. */
import * as tf from '@tensorflow/tfjs';
import type { Affine, Conv, Dense } from './parameters';

/** x W + b on [b, in]. */
export function dense({ weight, bias }: Dense, x: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.matMul(x, weight), bias);
}

/** Convolution with zero padding of `pad` pixels on every side. */
export function conv2d(
  { weight, bias }: Conv,
  x: tf.Tensor4D,
  stride = 1,
  pad = (weight.shape[0] - 1) / 2,
): tf.Tensor4D {
  // One pass over the image less where the bias goes in with the products; the fused kernel has no second derivative.
  if (bias && tf.engine().state.gradientDepth === 0) {
    return tf.fused.conv2d({ x, filter: weight, strides: stride, pad, bias });
  }
  const y = tf.conv2d(x, weight, stride, pad);
  return bias ? tf.add(y, bias) : y;
}

/** SiLU: x sigmoid(x). */
export function silu<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(x));
}

/** (a + b)/sqrt 2: keeps the variance of two independent summands (the authors' skip_rescale). */
export function rescaledSum(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  return tf.mul(tf.add(a, b), Math.SQRT1_2);
}

/**
 * Mean over all positions, [b, h, w, c] -> [b, 1, c], as two products with a row of 1/w and 1/h: twice a short sum is more
 * exact in float32 than one long sum, and wasm needs no transposition for it.
 */
function meanOverPositions(x: tf.Tensor4D): tf.Tensor3D {
  const [b, h, w, c] = x.shape;
  const overColumns = tf.matMul(tf.fill([1, w], 1 / w) as tf.Tensor2D, tf.reshape(x, [b * h, w, c]));
  return tf.matMul(tf.fill([1, h], 1 / h) as tf.Tensor2D, tf.reshape(overColumns, [b, h, c]));
}

/** Mean over the channels of each group, repeated for each of its channels: [b, 1, c] -> [b, 1, c]. */
function meanOverGroup(x: tf.Tensor3D, groups: number): tf.Tensor3D {
  const [b, , c] = x.shape;
  const grouped = tf.mean(tf.reshape(x, [b, groups, c / groups]), 2, true);
  return tf.reshape(tf.tile(grouped, [1, 1, c / groups]), [b, 1, c]);
}

/** x less its group means, and 1/sqrt(variance + epsilon) of each channel's group: group norm before its last product. */
function groupStatistics(x: tf.Tensor4D, groups: number, epsilon: number): [tf.Tensor4D, tf.Tensor4D] {
  const [b, , , c] = x.shape;
  const perChannel = (mean: tf.Tensor3D) =>
    tf.reshape(groups === c ? mean : meanOverGroup(mean, groups), [b, 1, 1, c]) as tf.Tensor4D;
  const centred = tf.sub(x, perChannel(meanOverPositions(x))) as tf.Tensor4D;
  // Not tf.square, which wasm computes one number at a time.
  const variance = perChannel(meanOverPositions(tf.mul(centred, centred)));
  return [centred, tf.rsqrt(tf.add(variance, epsilon))];
}

/** Group norm, then scale and shift, each [b or 1, 1, 1, c]. The variance is biased, as in PyTorch. */
function scaledGroupNorm(x: tf.Tensor4D, epsilon: number, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor4D {
  const [centred, inverse] = groupStatistics(x, groupsFor(x.shape[3]), epsilon);
  return tf.add(tf.mul(centred, tf.mul(inverse, scale)), shift);
}

/** Instance norm without affine, eps 1e-5 (the ResNet generator and PatchGAN). */
export function instanceNorm(x: tf.Tensor4D): tf.Tensor4D {
  const [centred, inverse] = groupStatistics(x, x.shape[3], 1e-5);
  return tf.mul(centred, inverse);
}

/** NCSN++'s group count for a width. */
function groupsFor(channels: number): number {
  return Math.min(Math.floor(channels / 4), 32);
}

/** Group norm with learned scale and shift, eps 1e-6. */
export function affineGroupNorm({ weight, bias }: Affine, x: tf.Tensor4D): tf.Tensor4D {
  return scaledGroupNorm(x, 1e-6, weight, bias);
}

export type AdaptiveGroupNorm = { style: Dense };

/** AdaGN: scale and shift are a dense layer of the style z [b, z_emb_dim]. */
export function adaptiveGroupNorm({ style }: AdaptiveGroupNorm, x: tf.Tensor4D, z: tf.Tensor2D): tf.Tensor4D {
  const [b, , , c] = x.shape;
  const [gamma, beta] = tf.split(tf.reshape(dense(style, z), [b, 1, 1, 2 * c]), 2, 3);
  return scaledGroupNorm(x, 1e-6, gamma, beta);
}

/** z / sqrt(mean z^2 + 1e-8) over the last axis. */
export function pixelNorm(z: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(z, tf.rsqrt(tf.add(tf.mean(tf.square(z), 1, true), 1e-8)));
}

export type Attention = { norm: Affine; query: Dense; key: Dense; value: Dense; out: Dense };

/** Self-attention over all positions, one head: softmax(q k / sqrt C) v. */
export function attention(weights: Attention, x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const flat = tf.reshape(affineGroupNorm(weights.norm, x), [b * h * w, c]) as tf.Tensor2D;
  const project = (layer: Dense) => tf.reshape(dense(layer, flat), [b, h * w, c]) as tf.Tensor3D;
  const scores = tf.mul(
    tf.matMul(project(weights.query), project(weights.key), false, true),
    1 / Math.sqrt(c),
  );
  const mixed = tf.reshape(tf.matMul(tf.softmax(scores), project(weights.value)), [
    b * h * w,
    c,
  ]) as tf.Tensor2D;
  return rescaledSum(x, tf.reshape(dense(weights.out, mixed), [b, h, w, c]));
}

/**
 * Sinusoidal embedding of t, [b, dim]: sin then cos, frequencies 10000^(-i/(half-1)); odd `dim` ends with a zero.
 * Made on the CPU in float64: sin and cos of some GPUs are only good to 2e-4.
 */
export function timestepEmbedding(t: readonly number[], dim: number): tf.Tensor2D {
  const half = Math.floor(dim / 2);
  const values = new Float32Array(t.length * dim);
  t.forEach((time, b) => {
    for (let i = 0; i < half; i++) {
      // PyTorch forms the frequency in float32; its rounding is part of the numbers to match.
      const frequency = Math.fround(Math.exp(Math.fround(i * Math.fround(-Math.log(10000) / (half - 1)))));
      const angle = Math.fround(time * frequency);
      values[b * dim + i] = Math.sin(angle);
      values[b * dim + half + i] = Math.cos(angle);
    }
  });
  return tf.tensor2d(values, [t.length, dim]);
}

/** Gaussian Fourier features of log t: [b, 2 * W.length]; t > 0. `frequencies` are the checkpoint's fixed W. */
export function fourierEmbedding(t: readonly number[], frequencies: Float32Array): tf.Tensor2D {
  const n = frequencies.length;
  const values = new Float32Array(t.length * 2 * n);
  t.forEach((time, b) => {
    for (let i = 0; i < n; i++) {
      const angle = Math.fround(Math.fround(Math.fround(Math.log(time)) * frequencies[i]) * 2 * Math.PI);
      values[b * 2 * n + i] = Math.sin(angle);
      values[b * 2 * n + n + i] = Math.cos(angle);
    }
  });
  return tf.tensor2d(values, [t.length, 2 * n]);
}
