/** The U-Net that predicts the noise of an image, given a condition beside it (Nichol and Dhariwal 2021; BASELINES.md section 6). */
import { recomputed } from '../../autodiff/recompute';
import * as tf from '../../tf';
import { addToChannels, conv2d, dense, groupNorm, scaledGroupNorm, silu } from '../layers';
import { type Affine, type Conv, type Dense, tensorsOf } from '../parameters';
import { naiveUp } from '../resample';
import type { DdpmUnetConfig } from './config';

export type DdpmResidual = {
  norm0: Affine;
  conv0: Conv;
  time: Dense;
  norm1: Affine;
  conv1: Conv;
  /** Where the number of channels changes. */
  skip?: Conv;
};

/** qkv and out are 1x1, [1, in, out]. */
export type DdpmAttention = { norm: Affine; qkv: Projection; out: Projection };
type Projection = { weight: tf.Tensor3D; bias: tf.Tensor1D };

type StageWeights = { residual: DdpmResidual; attention?: DdpmAttention; then?: Conv };

export type DdpmUnetWeights = {
  time: [Dense, Dense];
  input: Conv;
  down: StageWeights[];
  middle: [DdpmResidual, DdpmResidual];
  middleAttention: DdpmAttention;
  up: StageWeights[];
  outputNorm: Affine;
  output: Conv;
};

export interface DdpmUnet {
  config: DdpmUnetConfig;
  weights: DdpmUnetWeights;
  /** As of training's settings. */
  recompute?: boolean;
}

export const EPSILON = 1e-5;

/**
 * @param x [b, h, w, in_channels], the noisy image first; h and w multiples of `leastSide`
 * @param t time of each image, 0..999
 * @returns [b, h, w, out_channels], the noise first
 */
export function runDdpmUnet(
  { config, weights, recompute = false }: DdpmUnet,
  x: tf.Tensor4D,
  t: readonly number[],
): tf.Tensor4D {
  const { groups, scale_shift } = config;
  return tf.tidy(() => {
    const embedding = ddpmTimeEmbedding(t, config.width);
    const time = silu(dense(weights.time[1], silu(dense(weights.time[0], embedding))));
    const block = (b: DdpmResidual, v: tf.Tensor4D) => {
      const run = (u: tf.Tensor4D, of: tf.Tensor2D) => ddpmResidual(b, u, of, groups, scale_shift);
      return recompute ? recomputed(run, [v, time], tensorsOf(b)) : run(v, time);
    };
    const attend = (a: DdpmAttention | undefined, v: tf.Tensor4D) => {
      if (!a) return v;
      const run = (u: tf.Tensor4D) => ddpmAttention(a, u, groups);
      return recompute ? recomputed(run, [v], tensorsOf(a)) : run(v);
    };
    let h = conv2d(weights.input, x);
    const kept = [h];
    for (const { residual, attention, then } of weights.down) {
      h = attend(attention, block(residual, h));
      kept.push(h);
      if (!then) continue;
      h = conv2d(then, h, 2, 1);
      kept.push(h);
    }
    h = block(weights.middle[0], h);
    h = block(weights.middle[1], attend(weights.middleAttention, h));
    for (const { residual, attention, then } of weights.up) {
      h = attend(attention, block(residual, tf.concat([h, kept.pop()!], 3)));
      if (then) h = conv2d(then, naiveUp(h));
    }
    return conv2d(weights.output, groupNorm(weights.outputNorm, h, groups, EPSILON, 'silu'));
  });
}

/** @param time [b, 4 width], after its SiLU */
export function ddpmResidual(
  { norm0, conv0, time: ofTime, norm1, conv1, skip }: DdpmResidual,
  x: tf.Tensor4D,
  time: tf.Tensor2D,
  groups: number,
  scaleShift: boolean,
): tf.Tensor4D {
  const b = x.shape[0];
  const h = conv2d(conv0, groupNorm(norm0, x, groups, EPSILON, 'silu'));
  const c = h.shape[3];
  const told = dense(ofTime, time);
  const perImage = (at: number) =>
    tf.reshape(tf.slice(told, [0, at * c], [b, c]), [b, 1, 1, c]) as tf.Tensor4D;
  const normal = scaleShift
    ? scaledNorm(norm1, h, groups, perImage(0), perImage(1))
    : groupNorm(norm1, addToChannels(h, perImage(0)), groups, EPSILON, 'silu');
  return tf.add(skip ? conv2d(skip, x) : x, conv2d(conv1, normal));
}

/** Group norm with scale and shift of its own, then n (1 + scale) + shift and SiLU. */
function scaledNorm(
  { weight, bias }: Affine,
  x: tf.Tensor4D,
  groups: number,
  scale: tf.Tensor4D,
  shift: tf.Tensor4D,
): tf.Tensor4D {
  const perChannel = (v: tf.Tensor1D) => tf.reshape(v, [1, 1, 1, v.shape[0]]) as tf.Tensor4D;
  const more = tf.add(scale, 1);
  const by = tf.mul(perChannel(weight), more) as tf.Tensor4D;
  return scaledGroupNorm(x, groups, EPSILON, by, tf.add(tf.mul(perChannel(bias), more), shift), 'silu');
}

/** Self-attention over all positions, one head: x + proj(softmax(q k / sqrt C) v). */
export function ddpmAttention(
  { norm, qkv, out }: DdpmAttention,
  x: tf.Tensor4D,
  groups: number,
): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const project = ({ weight, bias }: Projection, rows: tf.Tensor): tf.Tensor2D => {
    const [, cin, cout] = weight.shape;
    return tf.add(tf.matMul(tf.reshape(rows, [b * h * w, cin]), tf.reshape(weight, [cin, cout])), bias);
  };
  const all = tf.reshape(project(qkv, groupNorm(norm, x, groups, EPSILON)), [b, h * w, 3 * c]);
  const [query, key, value] = tf.split(all, 3, 2);
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(c));
  const mixed = tf.matMul(tf.softmax(scores), value);
  return tf.add(x, tf.reshape(project(out, mixed), [b, h, w, c]));
}

/**
 * [b, width]: cosines, then sines, of t by frequencies 10000^(-j/half); an odd width ends with a 0. NCSN++'s (layers.ts) divides by
 * half - 1 and begins with the sines. Made on the CPU in float64, the products rounded as PyTorch's.
 */
export function ddpmTimeEmbedding(t: readonly number[], width: number): tf.Tensor2D {
  const frequencies = ddpmFrequencies(width);
  const half = frequencies.length;
  const values = new Float32Array(t.length * width);
  t.forEach((time, b) => {
    for (let j = 0; j < half; j++) {
      const angle = Math.fround(time * frequencies[j]);
      values[b * width + j] = Math.cos(angle);
      values[b * width + half + j] = Math.sin(angle);
    }
  });
  return tf.tensor2d(values, [t.length, width]);
}

export function ddpmFrequencies(width: number): Float32Array {
  const half = Math.floor(width / 2);
  return Float32Array.from({ length: half }, (_, j) =>
    Math.exp(Math.fround(Math.fround(-Math.log(10000) * j) / half)),
  );
}
