/**
 * SAGAN's self-attention over positions (Zhang et al. 2019), beside a residual path whose share `gamma` begins at 0: not NCSN++'s
 * attention (layers.ts), which normalises, divides by sqrt C and rescales.
 */
import * as tf from '../tf';
import { maxPool2 } from './layers';
import type { Conv } from './parameters';

export type SelfAttention = { gamma: tf.Tensor1D; query: Conv; key: Conv; value: Conv; out: Conv };

/** @param pooled keys and values of every second row and column, the largest of 2x2, as in the TensorFlow original; else of all (PyTorch's port) */
export function selfAttention(weights: SelfAttention, x: tf.Tensor4D, pooled = true): tf.Tensor4D {
  const [b, h, w] = x.shape;
  const { query, key, value } = attentionParts(weights, x, pooled);
  const mixed = tf.matMul(attentionMap(query, key), value);
  const out = project(weights.out, tf.reshape(mixed, [b, h, w, value.shape[2]]));
  return tf.add(x, tf.mul(out, tf.reshape(weights.gamma, [1, 1, 1, 1])));
}

/** What each position looks at: [b, h w, positions of the keys], rows add up to 1. */
export function attentionMap(query: tf.Tensor3D, key: tf.Tensor3D): tf.Tensor3D {
  return tf.softmax(tf.matMul(query, key, false, true));
}

/** Query [b, h w, c/8], key and value of the pooled positions, [b, h w/4, c/8] and [b, h w/4, c/2], or of all. */
export function attentionParts(
  weights: Pick<SelfAttention, 'query' | 'key' | 'value'>,
  x: tf.Tensor4D,
  pooled = true,
): Record<'query' | 'key' | 'value', tf.Tensor3D> {
  const rows = (image: tf.Tensor4D) => {
    const [b, h, w, c] = image.shape;
    return tf.reshape(image, [b, h * w, c]) as tf.Tensor3D;
  };
  const pool = (image: tf.Tensor4D) => (pooled ? maxPool2(image) : image);
  return {
    query: rows(project(weights.query, x)),
    key: rows(pool(project(weights.key, x))),
    value: rows(pool(project(weights.value, x))),
  };
}

/** A 1x1 convolution as the product that it is. */
function project({ weight, bias }: Conv, x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const out = weight.shape[3];
  const y = tf.matMul(tf.reshape(x, [b * h * w, c]), tf.reshape(weight, [c, out]));
  return tf.reshape(bias ? tf.add(y, bias) : y, [b, h, w, out]);
}
