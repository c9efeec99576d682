/** The reverse chain: n large adversarial steps from noise to the target contrast (paper eq. 15 and 20, section III-D). */
import { Aborted, WeightsMismatch } from '../../errors';
import { type Generator, runGenerator } from '../networks/ncsnpp';
import * as tf from '../tf';
import { samplePosterior } from './diffusion';
import type { Schedule } from './schedule';

export interface ChainOptions {
  /** N(0, 1), b*h*w numbers: x_T for step n, the posterior's noise for steps n-1 .. 0 (at 0 it has no effect). */
  noise: (step: number) => Float32Array;
  /** z of a step, b*nz numbers, N(0, 1). */
  latent: (step: number) => Float32Array;
  /** Looked at before every step. */
  signal?: AbortSignal;
}

export interface ChainStep {
  /** n-1 .. 0. */
  step: number;
  /** The network's estimate of the clean image, [b, h, w, 1]. Borrowed: valid until the next step. */
  x0: tf.Tensor4D;
  /** The chain after this step, [b, h, w, 1]; at step 0 the result. Borrowed: valid until the next step. */
  x: tf.Tensor4D;
}

/**
 * @param source acquired contrast, [b, h, w, 1], [-1, 1]
 * @throws Aborted between steps once the signal is aborted; WeightsMismatch for a network of another number of channels than
 * two, and for a Fourier time embedding, which takes the logarithm of the step and so has no value at step 0 (the authors'
 * code gives NaN there)
 */
export async function* sampleChain(
  generator: Generator,
  schedule: Schedule,
  source: tf.Tensor4D,
  { noise, latent, signal }: ChainOptions,
): AsyncGenerator<ChainStep> {
  if (generator.fourierFrequencies) {
    throw new WeightsMismatch(
      'generator: a Fourier time embedding has no value at step 0, so this network cannot translate; use weights with the positional embedding',
    );
  }
  if (generator.config.num_channels !== 2) {
    throw new WeightsMismatch(
      `generator: must take 2 channels, noisy target and source, got ${generator.config.num_channels}; use weights of one source contrast`,
    );
  }
  const [b] = source.shape;
  let x = tf.tensor4d(noise(schedule.steps), source.shape);
  try {
    for (let step = schedule.steps - 1; step >= 0; step--) {
      if (signal?.aborted) throw new Aborted('translation: cancelled');
      const t = new Array<number>(b).fill(step);
      const [x0, next] = tf.tidy(() => {
        const z = tf.tensor2d(latent(step), [b, generator.config.nz]);
        const estimate = tf.slice(
          runGenerator(generator, tf.concat([x, source], 3), t, z),
          [0, 0, 0, 0],
          source.shape,
        );
        return [estimate, samplePosterior(schedule, estimate, x, t, tf.tensor4d(noise(step), source.shape))];
      });
      x.dispose();
      x = next;
      try {
        yield { step, x0, x };
      } finally {
        x0.dispose();
      }
    }
  } finally {
    x.dispose();
  }
}
