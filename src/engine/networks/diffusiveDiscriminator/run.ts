/** The diffusive discriminator D: time-conditional, on neighbours of the chain. */
import { leakyRelu } from '../../autodiff/leakyRelu';
import * as tf from '../../tf';
import { addToChannels, conv2d, dense, rescaledSum, timestepEmbedding } from '../layers';
import type { Conv, Dense } from '../parameters';
import { firDown } from '../resample';

export type DiscriminatorBlock = { conv0: Conv; conv1: Conv; time: Dense; skip: Conv };

export type DiffusiveDiscriminatorWeights = {
  time: [Dense, Dense];
  start: Conv;
  blocks: DiscriminatorBlock[];
  final: Conv;
  end: Dense;
};

/** 'large': every block halves the image; 'small' (images of 64 and less): the first does not. */
export interface DiffusiveDiscriminator {
  size: 'large' | 'small';
  /** Length of the sinusoidal time embedding. */
  timeDim: number;
  weights: DiffusiveDiscriminatorWeights;
}

const leaky = <T extends tf.Tensor>(x: T): T => leakyRelu(x, 0.2);

/**
 * @param x x_t, [b, h, w, 1], [-1, 1] and noise; b at most 4 or a multiple of 4; h and w multiples of 64 (large) or 8 (small)
 * @param t time index of each batch entry, 0..n-1
 * @param xNext x_(t+1), [b, h, w, 1]
 * @returns one logit an image, [b, 1]
 */
export function runDiffusiveDiscriminator(
  { size, timeDim, weights }: DiffusiveDiscriminator,
  x: tf.Tensor4D,
  t: readonly number[],
  xNext: tf.Tensor4D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const embedding = leaky(dense(weights.time[0], timestepEmbedding(t, timeDim)));
    const time = leaky(dense(weights.time[1], embedding));
    let h = conv2d(weights.start, tf.concat([x, xNext], 3));
    weights.blocks.forEach((block, i) => {
      h = discriminatorBlock(block, h, time, size === 'large' || i > 0);
    });
    h = leaky(conv2d(weights.final, minibatchDeviation(h)));
    return dense(weights.end, tf.sum(h, [1, 2]));
  });
}

function discriminatorBlock(
  block: DiscriminatorBlock,
  x: tf.Tensor4D,
  time: tf.Tensor2D,
  down: boolean,
): tf.Tensor4D {
  return tf.tidy(() => {
    const resampled = (v: tf.Tensor4D) => (down ? firDown(v) : v);
    const timeBias = dense(block.time, time);
    const bias: tf.Tensor4D = tf.reshape(timeBias, [timeBias.shape[0], 1, 1, timeBias.shape[1]]);
    const h = leaky(addToChannels(conv2d(block.conv0, leaky(x)), bias));
    return rescaledSum(conv2d(block.conv1, resampled(h)), conv2d(block.skip, resampled(x)));
  });
}

/**
 * Appends a channel with the standard deviation over groups of up to 4 batch entries, averaged over positions and channels.
 * Entry i belongs to the group of entries i mod (b/4), as in the authors' view(group, -1, ...).
 */
function minibatchDeviation(x: tf.Tensor4D): tf.Tensor4D {
  const [b, h, w, c] = x.shape;
  const group = Math.min(b, 4);
  const grouped = tf.reshape(x, [group, b / group, h * w * c]);
  const variance = tf.mean(tf.square(tf.sub(grouped, tf.mean(grouped, 0, true))), 0);
  const deviation = tf.mean(tf.sqrt(tf.add(variance, 1e-8)), 1);
  // Not tf.tile, whose gradient takes a kernel for each pixel.
  const map = tf.add(tf.zeros([group, b / group, h * w, 1]), tf.reshape(deviation, [1, b / group, 1, 1]));
  return tf.concat([x, tf.reshape(map, [b, h, w, 1])], 3) as tf.Tensor4D;
}
