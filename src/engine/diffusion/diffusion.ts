/** Forward noising and the posterior of one reverse step, on tensors [b, h, w, 1] in [-1, 1]. Noise is always passed in. */
import * as tf from '../tf';
import type { Schedule } from './schedule';

/** x_t = a_cum[t] x0 + sigma_cum[t] noise (paper eq. 10); t of each batch entry is 0..n. */
export function qSample(
  schedule: Schedule,
  x0: tf.Tensor4D,
  t: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() =>
    tf.add(tf.mul(perEntry(schedule.aCum, t), x0), tf.mul(perEntry(schedule.sigmaCum, t), noise)),
  );
}

/** A neighbouring pair of the forward chain, each with its own noise; t of each batch entry is 0..n-1. */
export function qSamplePairs(
  schedule: Schedule,
  x0: tf.Tensor4D,
  t: readonly number[],
  noise: tf.Tensor4D,
  pairNoise: tf.Tensor4D,
): { xT: tf.Tensor4D; xNext: tf.Tensor4D } {
  return tf.tidy(() => {
    const xT = qSample(schedule, x0, t, noise);
    const next = t.map((i) => i + 1);
    const xNext = tf.add(
      tf.mul(perEntry(schedule.a, next), xT),
      tf.mul(perEntry(schedule.sigma, next), pairNoise),
    );
    return { xT, xNext: xNext as tf.Tensor4D };
  });
}

/** q(x_t | x_(t+1), x0) is N(c1 x0 + c2 x_(t+1), deviation^2): of the last step, t = 0, without deviation (eq. 14, 15). */
export interface Posterior {
  c1: number;
  c2: number;
  deviation: number;
}

/** Of t = 0..n-1. */
export const posteriorAt = ({ c1, c2, posteriorLogVarianceClipped }: Schedule, t: number): Posterior => ({
  c1: c1[t],
  c2: c2[t],
  deviation: t > 0 ? Math.fround(Math.exp(0.5 * posteriorLogVarianceClipped[t])) : 0,
});

/**
 * One draw from q(x_t | x_(t+1), x0): mean c1 x0 + c2 x_(t+1), no noise at t = 0 (eq. 14, 15).
 * t of each batch entry is 0..n-1.
 */
export function samplePosterior(
  schedule: Schedule,
  x0: tf.Tensor4D,
  xNext: tf.Tensor4D,
  t: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const mean = tf.add(tf.mul(perEntry(schedule.c1, t), x0), tf.mul(perEntry(schedule.c2, t), xNext));
    const deviation = schedule.c1.map((_, i) => posteriorAt(schedule, i).deviation);
    return tf.add(mean, tf.mul(perEntry(deviation, t), noise));
  });
}

/** table[t[b]] as [b, 1, 1, 1]. */
function perEntry(table: Float32Array, t: readonly number[]): tf.Tensor4D {
  return tf.tensor4d(
    Float32Array.from(t, (i) => table[i]),
    [t.length, 1, 1, 1],
  );
}
