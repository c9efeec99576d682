/** The discriminator of UNIT and MUNIT: the same layers, with weights of their own, on the image at several sizes. */
import { leakyRelu } from '../../autodiff/leakyRelu';
import * as tf from '../../tf';
import { conv2d } from '../layers';
import type { Conv } from '../parameters';
import { reflectPad } from '../reflectPad';

export type MultiScaleWeights = { scales: { convs: Conv[] }[] };

/** [b, h, w, 1] -> logits of each scale, [b, h / 2^(4+s), w / 2^(4+s), 1]. */
export function runMultiScaleDiscriminator({ scales }: MultiScaleWeights, x: tf.Tensor4D): tf.Tensor4D[] {
  return tf.tidy(() => {
    let image = x;
    return scales.map(({ convs }, scale) => {
      if (scale > 0) image = averageDown(image);
      return convs.reduce((h, conv, n) => {
        if (n === convs.length - 1) return conv2d(conv, h);
        return leakyRelu(conv2d(conv, reflectPad(h, 1), 2, 0), 0.2);
      }, image);
    });
  });
}

/**
 * Mean of 3x3 pixels at every second one, [b, h, w, 1] with h and w even; outside counts for nothing. TensorFlow.js's pooling
 * computes the same, but not its gradient at the border.
 */
export function averageDown(x: tf.Tensor4D): tf.Tensor4D {
  const [, h, w] = x.shape;
  const sums = tf.conv2d(x, tf.ones([3, 3, 1, 1]), 2, 1) as tf.Tensor4D;
  // Padding of one pixel leaves the first window with two of its three rows; an even side the last one with all.
  const seen = (length: number) => Array.from({ length: length / 2 }, (_, n) => (n === 0 ? 2 : 3));
  const shares = seen(h).flatMap((rows) => seen(w).map((columns) => 1 / (rows * columns)));
  return tf.mul(sums, tf.tensor4d(shares, [1, h / 2, w / 2, 1]));
}
