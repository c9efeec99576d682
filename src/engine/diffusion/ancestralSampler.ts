/** The reverse chain of DDPM: many small steps from noise to the target contrast, given the source (BASELINES.md section 6). */
import { Aborted } from '../../errors';
import * as tf from '../tf';
import { ancestralStep, clippedClean, ddimStep } from './ancestral';
import type { CosineSchedule } from './cosine';

/**
 * What a network finds in an image x [b, h, w, 1], given the source: the noise, and v in [-1, 1] where it tells of the variance.
 * @param t time of each batch entry, 0..999
 */
export type NoiseFinder = (
  x: tf.Tensor4D,
  source: tf.Tensor4D,
  t: readonly number[],
) => { noise: tf.Tensor4D; v: tf.Tensor4D | null };

export interface AncestralOptions {
  /** N(0, 1), b*h*w numbers: the start for index `times.length`, a step's noise for the others (at 0 it has no effect). */
  noise: (index: number) => Float32Array;
  /** DDIM with eta 0 in place of draws. */
  ddim?: boolean;
  /** Looked at before every step. */
  signal?: AbortSignal;
}

export interface AncestralStep {
  /** Index into the schedule, the last one 0. */
  index: number;
  /** The clean image that the network's noise leaves, clipped, [b, h, w, 1]. Borrowed: valid until the next step. */
  x0: tf.Tensor4D;
  /** The chain after this step, at index 0 the result. Borrowed: valid until the next step. */
  x: tf.Tensor4D;
}

/**
 * @param source acquired contrast, [b, h, w, 1], [-1, 1]
 * @throws Aborted between steps once the signal is aborted
 */
export async function* ancestralChain(
  find: NoiseFinder,
  schedule: CosineSchedule,
  source: tf.Tensor4D,
  { noise, ddim = false, signal }: AncestralOptions,
): AsyncGenerator<AncestralStep> {
  const [b] = source.shape;
  const steps = schedule.times.length;
  let x = tf.tensor4d(noise(steps), source.shape);
  try {
    for (let index = steps - 1; index >= 0; index--) {
      if (signal?.aborted) throw new Aborted('translation: cancelled');
      const at = new Array<number>(b).fill(index);
      const [x0, next] = tf.tidy(() => {
        const found = find(x, source, new Array<number>(b).fill(schedule.times[index]));
        const estimate = clippedClean(schedule, x, at, found.noise);
        if (ddim) return [estimate, ddimStep(schedule, estimate, x, at)];
        const drawn = tf.tensor4d(noise(index), source.shape);
        return [estimate, ancestralStep(schedule, estimate, x, at, found.v, drawn)];
      });
      x.dispose();
      x = next;
      try {
        yield { index, x0, x };
      } finally {
        x0.dispose();
      }
    }
  } finally {
    x.dispose();
  }
}
