/**
 * One reverse step of DDPM from the noise that a network finds, and of DDIM (BASELINES.md section 6). Images [b, h, w, 1] in [-1, 1]; `at`
 * is the schedule's index of each batch entry.
 */
import * as tf from '../tf';
import type { CosineSchedule } from './cosine';

/** table[at[b]] as [b, 1, 1, 1]. */
export function entries(table: ArrayLike<number>, at: readonly number[]): tf.Tensor4D {
  return tf.tensor4d(
    Float32Array.from(at, (i) => table[i]),
    [at.length, 1, 1, 1],
  );
}

/** x_t = sqrt(abar) x0 + sqrt(1 - abar) noise. */
export function noised(
  schedule: CosineSchedule,
  x0: tf.Tensor4D,
  at: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  return tf.add(
    tf.mul(entries(schedule.sqrtAlphaBar, at), x0),
    tf.mul(entries(schedule.sqrtOneMinus, at), noise),
  );
}

/** The clean image that the noise leaves, not clipped. */
export function cleanOf(
  schedule: CosineSchedule,
  x: tf.Tensor4D,
  at: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  return tf.sub(tf.mul(entries(schedule.sqrtRecip, at), x), tf.mul(entries(schedule.sqrtRecipM1, at), noise));
}

/**
 * The same in [-1, 1]. For a reverse step the clip is needed: at t = 999 the noise' error is multiplied by 20,291.
 */
export function clippedClean(
  schedule: CosineSchedule,
  x: tf.Tensor4D,
  at: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  return tf.clipByValue(cleanOf(schedule, x, at, noise), -1, 1);
}

/** Mean of q(x_(t-1) | x_t, x0). */
export function posteriorMean(
  schedule: CosineSchedule,
  x0: tf.Tensor4D,
  x: tf.Tensor4D,
  at: readonly number[],
): tf.Tensor4D {
  return tf.add(tf.mul(entries(schedule.c1, at), x0), tf.mul(entries(schedule.c2, at), x));
}

/**
 * Log variance of a step, between the posterior's and beta's by v in [-1, 1]; the posterior's without v.
 * @returns [b, h, w, 1], or [b, 1, 1, 1] without v
 */
export function logVariance(
  schedule: CosineSchedule,
  at: readonly number[],
  v: tf.Tensor4D | null,
): tf.Tensor4D {
  const least = entries(schedule.posteriorLogVariance, at);
  return v ? tf.add(least, aboveLeast(schedule, at, v)) : least;
}

/** How far the log variance lies above the posterior's, which may be so little that float32 loses it in their difference. */
export function aboveLeast(schedule: CosineSchedule, at: readonly number[], v: tf.Tensor4D): tf.Tensor4D {
  const range = schedule.beta.map((beta, i) => Math.log(beta) - schedule.posteriorLogVariance[i]);
  return tf.mul(tf.mul(tf.add(v, 1), 0.5), entries(range, at));
}

/** x_(t-1) drawn; at index 0 its mean. */
export function ancestralStep(
  schedule: CosineSchedule,
  x0: tf.Tensor4D,
  x: tf.Tensor4D,
  at: readonly number[],
  v: tf.Tensor4D | null,
  noise: tf.Tensor4D,
): tf.Tensor4D {
  const spread = tf.exp(tf.mul(logVariance(schedule, at, v), 0.5));
  const drawn = entries(
    at.map((i) => (i > 0 ? 1 : 0)),
    at.map((_, n) => n),
  );
  return tf.add(posteriorMean(schedule, x0, x, at), tf.mul(tf.mul(drawn, spread), noise));
}

/** DDIM with eta 0: no noise; that of the clipped image is taken in place of the network's. */
export function ddimStep(
  schedule: CosineSchedule,
  x0: tf.Tensor4D,
  x: tf.Tensor4D,
  at: readonly number[],
): tf.Tensor4D {
  const noise = tf.div(
    tf.sub(tf.mul(entries(schedule.sqrtRecip, at), x), x0),
    entries(schedule.sqrtRecipM1, at),
  );
  const before = (of: (value: number) => number) => entries(schedule.alphaBarBefore.map(of), at);
  return tf.add(
    tf.mul(before(Math.sqrt), x0),
    tf.mul(
      before((a) => Math.sqrt(1 - a)),
      noise,
    ),
  );
}
