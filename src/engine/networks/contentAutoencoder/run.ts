/** Encoder and decoder of UNIT (Liu et al. 2017), which are MUNIT's, too, but for the norms of its decoder's residual blocks. */
import * as tf from '../../tf';
import { conv2d, instanceNorm, layerNorm } from '../layers';
import type { Affine, Conv } from '../parameters';
import { reflectPad } from '../reflectPad';
import { naiveUp } from '../resample';

type ResidualBlocks = { conv0: Conv; conv1: Conv }[];

export type EncoderWeights = {
  encoder: { input: Conv; down: [Conv, Conv]; blocks: ResidualBlocks };
};
export type DecoderWeights = {
  decoder: { blocks: ResidualBlocks; up: [UpWeights, UpWeights]; output: Conv };
};
type UpWeights = { norm: Affine; conv: Conv };

/** The norm of a decoder's residual block: its number of the eight, from 0. */
export type BlockNorm = (x: tf.Tensor4D, number: number, activation: 'relu' | 'none') => tf.Tensor4D;

/** [b, h, w, 1] in [-1, 1] -> the code [b, h/4, w/4, 4 dim]; h and w multiples of 4. */
export function runEncoder({ encoder }: EncoderWeights, x: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const normRelu = (y: tf.Tensor4D) => instanceNorm(y, 'relu');
    let h = normRelu(conv2d(encoder.input, reflectPad(x, 3), 1, 0));
    for (const conv of encoder.down) h = normRelu(conv2d(conv, reflectPad(h, 1), 2, 0));
    return residual(encoder.blocks, h, plainNorm);
  });
}

/** A code [b, h, w, 4 dim] -> the image [b, 4h, 4w, 1], [-1, 1]. */
export function runDecoder(
  { decoder }: DecoderWeights,
  code: tf.Tensor4D,
  norm: BlockNorm = plainNorm,
): tf.Tensor4D {
  return tf.tidy(() => {
    let h = residual(decoder.blocks, code, norm);
    for (const { conv, norm: layer } of decoder.up)
      h = layerNorm(layer, conv2d(conv, reflectPad(naiveUp(h), 2), 1, 0), 'relu');
    return tf.tanh(conv2d(decoder.output, reflectPad(h, 3), 1, 0));
  });
}

const plainNorm: BlockNorm = (x, _, activation) => instanceNorm(x, activation);

/** Nothing after the sum. */
function residual(blocks: ResidualBlocks, x: tf.Tensor4D, norm: BlockNorm): tf.Tensor4D {
  return blocks.reduce((h, { conv0, conv1 }, n) => {
    const inner = norm(conv2d(conv0, reflectPad(h, 1), 1, 0), 2 * n, 'relu');
    return tf.add(h, norm(conv2d(conv1, reflectPad(inner, 1), 1, 0), 2 * n + 1, 'none')) as tf.Tensor4D;
  }, x);
}
