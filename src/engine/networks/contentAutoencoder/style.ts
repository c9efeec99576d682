/** MUNIT's style (Huang et al. 2018): its encoder, and the numbers of a decoder's norms that are made of it. */
import * as tf from '../../tf';
import { adaptiveInstanceNorm, conv2d, dense, meanOverPositions } from '../layers';
import type { Conv, Dense } from '../parameters';
import { reflectPad } from '../reflectPad';
import { type BlockNorm, type DecoderWeights, runDecoder } from './run';

export type StyleEncoderWeights = { style: { input: Conv; down: Conv[]; output: Conv } };
export type StyleNetworkWeights = { mlp: [Dense, Dense, Dense] };

/** [b, h, w, 1] -> the style [b, style_dim]. */
export function runStyleEncoder({ style }: StyleEncoderWeights, x: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    let h = tf.relu(conv2d(style.input, reflectPad(x, 3), 1, 0));
    for (const conv of style.down) h = tf.relu(conv2d(conv, reflectPad(h, 1), 2, 0));
    const [b, , , c] = h.shape;
    const mean = tf.reshape(meanOverPositions(h), [b, 1, 1, c]) as tf.Tensor4D;
    const out = conv2d(style.output, mean);
    return tf.reshape(out, [b, out.shape[3]]);
  });
}

/** A style [b, style_dim] -> shifts and scales of all norms, [b, 2 channels a norm], of each first its shifts. */
export function runStyleNetwork({ mlp }: StyleNetworkWeights, style: tf.Tensor2D): tf.Tensor2D {
  const [first, second, third] = mlp;
  return tf.tidy(() => dense(third, tf.relu(dense(second, tf.relu(dense(first, style))))));
}

/** The norms of a decoder with these numbers. */
export function styleNorms(numbers: tf.Tensor2D): BlockNorm {
  const b = numbers.shape[0];
  return (x, number, activation) => {
    const c = x.shape[3];
    const part = (at: number) =>
      tf.reshape(tf.slice(numbers, [0, at * c], [b, c]), [b, 1, 1, c]) as tf.Tensor4D;
    return adaptiveInstanceNorm(x, part(2 * number + 1), part(2 * number), activation);
  };
}

/** A decoder with a style, [b, h, w, c] and [b, style_dim]. */
export function decodeWithStyle(
  weights: DecoderWeights & StyleNetworkWeights,
  code: tf.Tensor4D,
  style: tf.Tensor2D,
): tf.Tensor4D {
  return tf.tidy(() => runDecoder(weights, code, styleNorms(runStyleNetwork(weights, style))));
}
