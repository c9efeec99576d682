/** Loss terms that methods share (SynDiff's: SYNDIFF.md section 4). All are means over batch, and positions where there are some. */
import * as tf from '../tf';

/** -log sigmoid(D): what is judged should be called real (eq. 11, 17). */
export function realLoss(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(logits)));
}

/** -log(1 - sigmoid(D)): what is judged should be called made. */
export function fakeLoss(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(logits));
}

/** (D - wanted)^2: 1 for what should be called real, 0 for what should be called made (LSGAN, Mao et al. 2017). */
export function leastSquares(logits: tf.Tensor, wanted: 0 | 1): tf.Scalar {
  const off = wanted === 0 ? logits : tf.sub(logits, wanted);
  return tf.mean(tf.mul(off, off));
}

/** Mean a^2: of codes that are drawn with variance 1, twice their KL divergence from N(0, 1) but for a constant. */
export function meanSquare(a: tf.Tensor): tf.Scalar {
  return tf.mean(tf.mul(a, a));
}

/** Mean |a - b|. */
export function l1Loss(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.mean(tf.abs(tf.sub(a, b)));
}

/** Mean over the batch of |grad_x sum D(x)|^2, before gamma/2 (R1, Mescheder et al. 2018). */
export function r1Penalty(discriminator: (x: tf.Tensor4D) => tf.Tensor, x: tf.Tensor4D): tf.Scalar {
  const gradient = tf.grad((v: tf.Tensor) => tf.sum(discriminator(v as tf.Tensor4D)))(x);
  return tf.div(tf.sum(tf.mul(gradient, gradient)), x.shape[0]);
}
