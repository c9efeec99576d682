/** The non-diffusive generator R: CycleGAN's ResNet, one contrast to the other in one pass (SYNDIFF.md section 3). */
import { freeing, inTurn } from '../../autodiff/vjp';
import * as tf from '../../tf';
import { addToChannels, conv2d, instanceNorm } from '../layers';
import type { Conv } from '../parameters';
import { reflectPad } from '../reflectPad';
import { type SelfAttention, selfAttention } from '../selfAttention';

export type ResnetGeneratorWeights = {
  input: Conv;
  down: [Conv, Conv];
  /** SAGAN's attention follows the block. */
  blocks: { conv0: Conv; conv1: Conv; attention?: SelfAttention }[];
  up: [Conv, Conv];
  output: Conv;
};

/** [b, h, w, 1] in [-1, 1] -> the same; h and w multiples of 4. */
export function runResnetGenerator(
  weights: ResnetGeneratorWeights,
  x: tf.Tensor4D,
  { attention_pooled: pooled = true }: { attention_pooled?: boolean } = {},
): tf.Tensor4D {
  type Part = (h: tf.Tensor4D) => tf.Tensor4D;
  const block = ({ conv0, conv1, attention }: ResnetGeneratorWeights['blocks'][number]): Part[] => [
    (h) => {
      const inner = freeing(() => normRelu(conv2d(conv0, reflectPad(h, 1), 1, 0)));
      return tf.add(h, instanceNorm(conv2d(conv1, reflectPad(inner, 1), 1, 0)));
    },
    ...(attention ? [(h: tf.Tensor4D) => selfAttention(attention, h, pooled)] : []),
  ];
  return tf.tidy(() =>
    inTurn(x, [
      (h) => normRelu(conv2d(weights.input, reflectPad(h, 3), 1, 0)),
      ...weights.down.map(
        (conv): Part =>
          (h) =>
            normRelu(conv2d(conv, h, 2, 1)),
      ),
      ...weights.blocks.flatMap(block),
      ...weights.up.map(
        (conv): Part =>
          (h) =>
            normRelu(transposedConv2d(conv, h)),
      ),
      (h) => tf.tanh(conv2d(weights.output, reflectPad(h, 3), 1, 0)),
    ]),
  );
}

function normRelu(x: tf.Tensor4D): tf.Tensor4D {
  return instanceNorm(x, 'relu');
}

/**
 * PyTorch's ConvTranspose2d(3, stride 2, padding 1, output_padding 1): the full result is 2h+1 wide and loses its first row
 * and column. TensorFlow's 'same' would drop the last ones instead.
 */
function transposedConv2d({ weight, bias }: Conv, x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w] = x.shape;
  const channels = weight.shape[2];
  const full = tf.conv2dTranspose(x, weight, [b, 2 * h + 1, 2 * w + 1, channels], 2, 'valid');
  const y = tf.slice(full, [0, 1, 1, 0], [b, 2 * h, 2 * w, channels]);
  return addToChannels(y, tf.reshape(bias!, [1, 1, 1, channels]));
}
