/**
 * The loss of improved-diffusion (Nichol and Dhariwal 2021): the noise' squared error, and a variational bound that only the variance
 * learns from. Each of every image, [b].
 */
import { detached } from '../autodiff/detached';
import * as tf from '../tf';
import { aboveLeast, cleanOf, logVariance, posteriorMean } from './ancestral';
import type { CosineSchedule } from './cosine';

/** Half a grey level of 8 bits, on [-1, 1]. */
const HALF_LEVEL = 1 / 255;
/** Beyond it a level is open to its outside. */
const OPEN_END = 0.999;
const LEAST_MASS = 1e-12;

/** Mean (noise - found)^2 of every image. */
export function noiseError(noise: tf.Tensor4D, found: tf.Tensor4D): tf.Tensor1D {
  const off = tf.sub(noise, found);
  return meanOfImages(tf.mul(off, off) as tf.Tensor4D);
}

/**
 * The variational bound in bits a pixel: KL(posterior || step), at index 0 the negative log likelihood of the 8-bit level. The noise that
 * was found is taken as it is, and the image that it leaves is not clipped.
 * @param x the noised image at `at`; v [b, h, w, 1], about [-1, 1]
 */
export function variationalBound(
  schedule: CosineSchedule,
  x0: tf.Tensor4D,
  x: tf.Tensor4D,
  at: readonly number[],
  found: tf.Tensor4D,
  v: tf.Tensor4D,
): tf.Tensor1D {
  const estimate = cleanOf(schedule, x, at, detached(found));
  const mean = posteriorMean(schedule, estimate, x, at);
  const spread = logVariance(schedule, at, v);
  const divergence = () => {
    const off = tf.sub(posteriorMean(schedule, x0, x, at), mean);
    const shift = tf.mul(tf.mul(off, off), tf.exp(tf.neg(spread)));
    return tf.mul(tf.add(excess(tf.neg(aboveLeast(schedule, at, v))), shift), 0.5) as tf.Tensor4D;
  };
  const likelihood = () =>
    tf.neg(levelLogLikelihood(x0, mean, tf.mul(spread, 0.5) as tf.Tensor4D)) as tf.Tensor4D;
  const isLast = at.map((i) => i === 0);
  const nats = isLast.every(Boolean)
    ? likelihood()
    : isLast.some(Boolean)
      ? tf.where(tf.tensor4d(isLast.map(Number), [at.length, 1, 1, 1], 'bool'), likelihood(), divergence())
      : divergence();
  return tf.div(meanOfImages(nats as tf.Tensor4D), Math.LN2);
}

/** exp(r) - 1 - r, of which the derivative is exp(r) - 1 without the digits that this difference loses near 0. */
function excess(r: tf.Tensor4D): tf.Tensor4D {
  const operation = tf.customGrad((...args) => {
    const [value, save] = args as unknown as [tf.Tensor4D, tf.GradSaveFunc];
    save([value]);
    const lessOne = (u: tf.Tensor) => tf.mul(tf.tanh(tf.div(u, 2)), tf.add(tf.exp(u), 1));
    return {
      value: tf.sub(lessOne(value), value) as tf.Tensor4D,
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, lessOne(saved)),
    };
  });
  return operation(r) as tf.Tensor4D;
}

/**
 * Log of a Gaussian's mass within half a grey level of x, which is not differentiated, in nats; the lowest and the highest level are open. By the mass of the tail
 * that x lies in, which float32 can tell from nothing further out than that of the other side from one.
 */
export function levelLogLikelihood<T extends tf.Tensor>(x: T, mean: T, logScale: T): T {
  const off = tf.sub(x, mean);
  const inverse = tf.exp(tf.neg(logScale));
  const tail = (at: tf.Tensor) => normalTail(tf.mul(inverse, at));
  const log = (mass: tf.Tensor) => tf.log(tf.maximum(mass, LEAST_MASS));
  const away = tf.neg(tf.abs(off));
  const within = tf.sub(tail(tf.add(away, HALF_LEVEL)), tail(tf.sub(away, HALF_LEVEL)));
  return tf.where(
    tf.less(x, -OPEN_END),
    log(tail(tf.add(off, HALF_LEVEL))),
    tf.where(tf.greater(x, OPEN_END), log(tail(tf.sub(HALF_LEVEL, off))), log(within)),
  ) as T;
}

/** About the standard normal's distribution function, (1 + tanh z) / 2 with z = sqrt(2/pi) (u + 0.044715 u^3). */
function normalTail(u: tf.Tensor): tf.Tensor {
  const cubed = tf.mul(tf.mul(u, u), u);
  return tf.sigmoid(tf.mul(tf.add(u, tf.mul(cubed, 0.044715)), 2 * Math.sqrt(2 / Math.PI)));
}

function meanOfImages(x: tf.Tensor4D): tf.Tensor1D {
  return tf.mean(x, [1, 2, 3]);
}
