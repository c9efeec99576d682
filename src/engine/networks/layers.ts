/** Building blocks shared by the networks. Images are [b, h, w, c]. All functions are pure; callers tidy. */
import { leakyRelu } from '../autodiff/leakyRelu';
import { freeing, isRecording } from '../autodiff/vjp';
import { owns, ownsOnce } from '../kernels/own';
import {
  ownAddToChannels,
  ownConv2d,
  ownDense,
  ownMeanOverPositions,
} from '../kernels/wasm/operations/layers';
import { type Activation, ownAffineNorm, ownNorm, ownStyleNorm } from '../kernels/wasm/operations/norm';
import { ownSilu, ownSum } from '../kernels/wasm/operations/pointwise';
import * as tf from '../tf';
import type { Affine, Conv, Dense } from './parameters';

/** x W + b on [b, in]. */
export function dense({ weight, bias }: Dense, x: tf.Tensor2D): tf.Tensor2D {
  if (ownsOnce('dense')) return ownDense(x, weight, bias);
  return tf.add(tf.matMul(x, weight), bias);
}

/** Convolution with zero padding of `pad` pixels on every side. */
export function conv2d(
  { weight, bias }: Conv,
  x: tf.Tensor4D,
  stride = 1,
  pad = (weight.shape[0] - 1) / 2,
): tf.Tensor4D {
  if (bias && ownsOnce('channels')) return ownConv2d(x, weight, bias, stride, pad);
  // One pass over the image less where the bias goes in with the products; the fused kernel has no second derivative.
  if (bias && !isRecording()) {
    return tf.fused.conv2d({ x, filter: weight, strides: stride, pad, bias });
  }
  const y = tf.conv2d(x, weight, stride, pad);
  return bias ? addToChannels(y, tf.reshape(bias, [1, 1, 1, bias.shape[0]])) : y;
}

/** x + bias, [b, h, w, c] and [b or 1, 1, 1, c]: the gradient sums over positions as products, as group norm does. */
export function addToChannels(x: tf.Tensor4D, bias: tf.Tensor4D): tf.Tensor4D {
  if (ownsOnce('channels')) return ownAddToChannels(x, bias);
  if (!isRecording()) return tf.add(x, bias);
  const operation = tf.customGrad((...args) => ({
    value: tf.add(args[0] as tf.Tensor4D, args[1] as tf.Tensor4D),
    gradFunc: (dy: tf.Tensor) => {
      const [, h, w] = dy.shape;
      return [dy, asSums(meanOverPositions(dy as tf.Tensor4D), h! * w!, bias.shape[0])];
    },
  }));
  return operation(x, bias) as tf.Tensor4D;
}

/**
 * The largest of each 2x2 pixels, h and w even: of rows, then of columns. The gradient of wasm's own pooling is wrong where a window has
 * no positive value (BASELINES.md, "TensorFlow.js").
 */
export function maxPool2(x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const rows = tf.reshape(x, [(b * h) / 2, 2, w * c]) as tf.Tensor3D;
  const [upper, lower] = tf.split(rows, 2, 1);
  const columns = tf.reshape(tf.maximum(upper, lower), [(b * h * w) / 4, 2, c]) as tf.Tensor3D;
  const [left, right] = tf.split(columns, 2, 1);
  return tf.reshape(tf.maximum(left, right), [b, h / 2, w / 2, c]);
}

/** SiLU: x sigmoid(x). Keeps x alone for its gradient. */
export function silu<T extends tf.Tensor>(x: T): T {
  if (ownsOnce('pointwise')) return ownSilu(x);
  if (!isRecording()) return tf.mul(x, tf.sigmoid(x));
  const operation = tf.customGrad((value, save) => {
    (save as tf.GradSaveFunc)([value as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
      const s = tf.sigmoid(saved);
      return tf.mul(dy, tf.mul(s, tf.add(1, tf.mul(saved, tf.sub(1, s)))));
    };
    return { value: tf.mul(value as T, tf.sigmoid(value as T)), gradFunc };
  });
  return operation(x) as T;
}

/** (a + b)/sqrt 2: keeps the variance of two independent summands (the authors' skip_rescale). */
export function rescaledSum(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  if (owns('pointwise')) return ownSum(a, b, Math.SQRT1_2, Math.SQRT1_2);
  return tf.mul(tf.add(a, b), Math.SQRT1_2);
}

/**
 * Mean over all positions, [b, h, w, c] -> [b, 1, c], as two products with a row of 1/w and 1/h: twice a short sum is more
 * exact in float32 than one long sum, and wasm needs no transposition for it.
 */
export function meanOverPositions(x: tf.Tensor4D): tf.Tensor3D {
  if (owns('channels') && !isRecording()) return ownMeanOverPositions(x);
  const [b, h, w, c] = x.shape;
  const overColumns = tf.matMul(tf.fill([1, w], 1 / w) as tf.Tensor2D, tf.reshape(x, [b * h, w, c]));
  return tf.matMul(tf.fill([1, h], 1 / h) as tf.Tensor2D, tf.reshape(overColumns, [b, h, c]));
}

/** Means over `positions` pixels, [b, 1, c], as sums, [b, 1, 1, c], or over the batch, too, where `entries` is 1. */
function asSums(mean: tf.Tensor3D, positions: number, entries: number): tf.Tensor4D {
  const [b, , c] = mean.shape;
  const sums = tf.mul(tf.reshape(mean, [b, 1, 1, c]), positions) as tf.Tensor4D;
  return entries === b ? sums : tf.sum(sums, 0, true);
}

/** Mean over the channels of each group, repeated for each of its channels: [b, 1, c] -> [b, 1, c]. */
function meanOverGroup(x: tf.Tensor3D, groups: number): tf.Tensor3D {
  const [b, , c] = x.shape;
  const grouped = tf.mean(tf.reshape(x, [b, groups, c / groups]), 2, true);
  return tf.reshape(tf.tile(grouped, [1, 1, c / groups]), [b, 1, c]);
}

/** [b, 1, c] channel means to [b, 1, 1, c] means of each channel's group. */
function groupMeans(mean: tf.Tensor3D, groups: number): tf.Tensor4D {
  const [b, , c] = mean.shape;
  return tf.reshape(groups === c ? mean : meanOverGroup(mean, groups), [b, 1, 1, c]);
}

/** x less its group means, and 1/sqrt(variance + epsilon) of each channel's group: group norm before its last product. */
function groupStatistics(x: tf.Tensor4D, groups: number, epsilon: number): [tf.Tensor4D, tf.Tensor4D] {
  const centred = tf.sub(x, groupMeans(meanOverPositions(x), groups)) as tf.Tensor4D;
  // Not tf.square, which wasm computes one number at a time.
  const variance = freeing(() => groupMeans(meanOverPositions(tf.mul(centred, centred)), groups));
  return [centred, tf.rsqrt(tf.add(variance, epsilon))];
}

/** What comes behind a norm, in one pass with it where kernels of our own run. */
function activated(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
  if (typeof activation === 'object') return leakyRelu(x, activation.slope);
  return activation === 'silu' ? silu(x) : activation === 'relu' ? tf.relu(x) : x;
}

/**
 * Group norm, then scale and shift, each [b or 1, 1, 1, c], and an activation. The variance is biased, as in PyTorch. The gradient keeps
 * x alone and takes its statistics again.
 */
export function scaledGroupNorm(
  x: tf.Tensor4D,
  groups: number,
  epsilon: number,
  scale: tf.Tensor4D,
  shift: tf.Tensor4D,
  activation: Activation = 'none',
): tf.Tensor4D {
  if (ownsOnce('norm')) return ownAffineNorm({ x, scale, shift }, { groups, epsilon, activation });
  return freeing(() => activated(plainScaledGroupNorm(x, groups, epsilon, scale, shift), activation));
}

function plainScaledGroupNorm(
  x: tf.Tensor4D,
  groups: number,
  epsilon: number,
  scale: tf.Tensor4D,
  shift: tf.Tensor4D,
): tf.Tensor4D {
  const forward = (v: tf.Tensor4D, by: tf.Tensor4D) =>
    freeing(() => {
      const [centred, inverse] = groupStatistics(v, groups, epsilon);
      return tf.add(tf.mul(centred, tf.mul(inverse, by)), shift);
    });
  if (!isRecording()) return forward(x, scale);
  const operation = tf.customGrad((...args) => {
    const [v, by] = args as tf.Tensor4D[];
    (args[3] as unknown as tf.GradSaveFunc)([v, by]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      normGradients(dy as tf.Tensor4D, saved as tf.Tensor4D[], groups, epsilon);
    return { value: forward(v, by), gradFunc };
  });
  return operation(x, scale, shift) as tf.Tensor4D;
}

/** dx = r (s dy - mean(s dy) - n mean(s dy n)), with n the normalised x, r = 1/std, means over the group; ds, dshift. */
function normGradients(
  dy: tf.Tensor4D,
  [x, scale]: tf.Tensor4D[],
  groups: number,
  epsilon: number,
): tf.Tensor4D[] {
  const [b, , , c] = x.shape;
  const [centred, inverse] = groupStatistics(x, groups, epsilon);
  const normalised = tf.mul(centred, inverse) as tf.Tensor4D;
  const dyMean = meanOverPositions(dy);
  const dyNormalisedMean = meanOverPositions(tf.mul(dy, normalised));
  const perChannel = tf.broadcastTo(tf.reshape(scale, [scale.shape[0], 1, c]), [b, 1, c]) as tf.Tensor3D;
  const shiftPart = groupMeans(tf.mul(perChannel, dyMean), groups);
  const scalePart = groupMeans(tf.mul(perChannel, dyNormalisedMean), groups);
  const inner = tf.sub(tf.sub(tf.mul(dy, scale), shiftPart), tf.mul(normalised, scalePart));
  const summed = (mean: tf.Tensor3D) => asSums(mean, x.shape[1] * x.shape[2], scale.shape[0]);
  return [tf.mul(inner, inverse), summed(dyNormalisedMean), summed(dyMean)];
}

/** Instance norm without affine, eps 1e-5 (the ResNet generator and PatchGAN). */
export function instanceNorm(x: tf.Tensor4D, activation: Activation = 'none'): tf.Tensor4D {
  const c = x.shape[3];
  if (ownsOnce('norm')) return ownNorm({ x }, { groups: c, epsilon: 1e-5, activation });
  const ones: tf.Tensor4D = tf.ones([1, 1, 1, c]);
  return scaledGroupNorm(x, c, 1e-5, ones, tf.zeros([1, 1, 1, c]), activation);
}

/** AdaIN: instance norm, then scale and shift of each image's channels, [b, 1, 1, c] (MUNIT). */
export function adaptiveInstanceNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor4D,
  shift: tf.Tensor4D,
  activation: Activation = 'none',
): tf.Tensor4D {
  return scaledGroupNorm(x, x.shape[3], 1e-5, scale, shift, activation);
}

/**
 * MUNIT's layer norm, over each image's pixels and channels: (x - mean) / (std + 1e-5) with the unbiased std, unlike PyTorch's own,
 * then scale and shift of each channel.
 */
export function layerNorm(
  { weight, bias }: Affine,
  x: tf.Tensor4D,
  activation: Activation = 'none',
): tf.Tensor4D {
  const [, h, w, c] = x.shape;
  if (ownsOnce('norm'))
    return ownAffineNorm(
      { x, scale: weight, shift: bias },
      { groups: 1, epsilon: 1e-5, activation, isLayer: true },
    );
  const count = h * w * c;
  const mean = (v: tf.Tensor4D) =>
    tf.reshape(tf.mean(meanOverPositions(v), 2, true), [-1, 1, 1, 1]) as tf.Tensor4D;
  const centred = tf.sub(x, mean(x)) as tf.Tensor4D;
  const variance = tf.mul(mean(tf.mul(centred, centred)), count / (count - 1));
  const normal = tf.div(centred, tf.add(tf.sqrt(variance), 1e-5)) as tf.Tensor4D;
  const perChannel = (v: tf.Tensor1D) => tf.reshape(v, [1, 1, 1, c]) as tf.Tensor4D;
  return activated(addToChannels(tf.mul(normal, perChannel(weight)), perChannel(bias)), activation);
}

/** NCSN++'s group count for a width. */
export function groupsFor(channels: number): number {
  return Math.min(Math.floor(channels / 4), 32);
}

/** Group norm with learned scale and shift, eps 1e-6. */
export function affineGroupNorm(
  affine: Affine,
  x: tf.Tensor4D,
  activation: Activation = 'none',
): tf.Tensor4D {
  return groupNorm(affine, x, groupsFor(x.shape[3]), 1e-6, activation);
}

/** Group norm with learned scale and shift. */
export function groupNorm(
  { weight, bias }: Affine,
  x: tf.Tensor4D,
  groups: number,
  epsilon: number,
  activation: Activation = 'none',
): tf.Tensor4D {
  const c = x.shape[3];
  if (ownsOnce('norm'))
    return ownAffineNorm({ x, scale: weight, shift: bias }, { groups, epsilon, activation });
  const perChannel = (v: tf.Tensor1D) => tf.reshape(v, [1, 1, 1, c]) as tf.Tensor4D;
  return scaledGroupNorm(x, groups, epsilon, perChannel(weight), perChannel(bias), activation);
}

export type AdaptiveGroupNorm = { style: Dense };

/** AdaGN: scale and shift are a dense layer of the style z [b, z_emb_dim]. */
export function adaptiveGroupNorm(
  { style }: AdaptiveGroupNorm,
  x: tf.Tensor4D,
  z: tf.Tensor2D,
  activation: Activation = 'none',
): tf.Tensor4D {
  const [b, , , c] = x.shape;
  const numbers = dense(style, z);
  if (ownsOnce('norm'))
    return ownStyleNorm({ x, style: numbers }, { groups: groupsFor(c), epsilon: 1e-6, activation });
  const [gamma, beta] = tf.split(tf.reshape(numbers, [b, 1, 1, 2 * c]), 2, 3);
  return scaledGroupNorm(x, groupsFor(c), 1e-6, gamma as tf.Tensor4D, beta as tf.Tensor4D, activation);
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
  return tf.tensor2d(timestepNumbers(t, dim), [t.length, dim]);
}

/** The embedding's numbers, row after row. */
export function timestepNumbers(t: readonly number[], dim: number): Float32Array {
  const frequencies = timestepFrequencies(dim);
  const half = frequencies.length;
  const values = new Float32Array(t.length * dim);
  t.forEach((time, b) => {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(time * frequencies[i]);
      values[b * dim + i] = Math.sin(angle);
      values[b * dim + half + i] = Math.cos(angle);
    }
  });
  return values;
}

/** PyTorch forms them in float32; its rounding is part of the numbers to match. */
export function timestepFrequencies(dim: number): Float32Array {
  const half = Math.floor(dim / 2);
  const step = Math.fround(-Math.log(10000) / (half - 1));
  return Float32Array.from({ length: half }, (_, i) => Math.exp(Math.fround(i * step)));
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
