/** The reverse chain: n large adversarial steps from noise to the target contrast (paper eq. 15 and 20, section III-D). */
import { Aborted } from '../../errors';
import * as tf from '../tf';
import { type Posterior, posteriorAt, samplePosterior } from './diffusion';
import type { Schedule } from './schedule';

/**
 * A network's estimate of the clean image, x0~ = G(x_t, source, t, z).
 * @param x [b, h, w, 1]; source the same, [-1, 1]
 * @param t time index of each batch entry, 0..n-1, of the steps that the network was trained with
 * @param z latents [b, nz], N(0, 1)
 * @returns [b, h, w, 1]
 */
export type Denoiser<Result = tf.Tensor4D | Promise<tf.Tensor4D>> = (
  x: tf.Tensor4D,
  source: tf.Tensor4D,
  t: readonly number[],
  z: tf.Tensor2D,
) => Result;

/** Where the posterior's noise is drawn: the step that it leads from, 0..n-1, with its coefficients. */
export interface Draw extends Posterior {
  step: number;
}

/** A network that draws noise where it computes, so that none of it comes from the CPU. */
export interface DrawingDenoiser {
  /** x_T of n = `step` steps, [b, h, w, 1]; null where it cannot. */
  start(shape: tf.Tensor4D['shape'], step: number): Promise<tf.Tensor4D | null>;
  /** As a `Denoiser`, with the draw that follows, where it can. */
  denoise(
    x: tf.Tensor4D,
    source: tf.Tensor4D,
    t: readonly number[],
    z: tf.Tensor2D,
    draw: Draw,
  ): Promise<Drawn>;
}

export type Drawn = {
  x0: tf.Tensor4D;
  x?: tf.Tensor4D;
};

export interface ChainOptions {
  /** N(0, 1), b*h*w numbers: x_T for step n, the posterior's noise for steps n-1 .. 0 (at 0 it has no effect). */
  noise: (step: number) => Float32Array;
  /** z of a step, b*nz numbers, N(0, 1). */
  latent: (step: number) => Float32Array;
  /** Looked at before every step. */
  signal?: AbortSignal;
  /** x_T, borrowed; `startOf` where absent. */
  begin?: tf.Tensor4D;
}

export interface ChainStep {
  /** n-1 .. 0. */
  step: number;
  /** The network's estimate of the clean image, [b, h, w, 1]. Borrowed: valid until the next step. */
  x0: tf.Tensor4D;
  /** The chain after this step, [b, h, w, 1]; at step 0 the result. Borrowed: valid until the next step. */
  x: tf.Tensor4D;
}

const drawing = (network: Denoiser | DrawingDenoiser): DrawingDenoiser =>
  typeof network === 'function'
    ? {
        start: async () => null,
        denoise: async (x, source, t, z) => ({ x0: await network(x, source, t, z) }),
      }
    : network;

/** x_T, [b, h, w, 1]. The caller disposes it. */
export const startOf = async (
  network: Denoiser | DrawingDenoiser,
  { steps }: Pick<Schedule, 'steps'>,
  shape: tf.Tensor4D['shape'],
  noise: ChainOptions['noise'],
): Promise<tf.Tensor4D> => (await drawing(network).start(shape, steps)) ?? tf.tensor4d(noise(steps), shape);

/**
 * @param network where it draws noise by itself, `noise` is asked only for what it could not
 * @param source acquired contrast, [b, h, w, 1], [-1, 1]
 * @throws Aborted between steps once the signal is aborted
 */
export async function* sampleChain(
  network: Denoiser | DrawingDenoiser,
  schedule: Schedule,
  source: tf.Tensor4D,
  { noise, latent, signal, begin }: ChainOptions,
): AsyncGenerator<ChainStep> {
  const [b] = source.shape;
  const { denoise } = drawing(network);
  let x = begin ? tf.clone(begin) : await startOf(network, schedule, source.shape, noise);
  try {
    for (let step = schedule.steps - 1; step >= 0; step--) {
      if (signal?.aborted) throw new Aborted('translation: cancelled');
      const t = new Array<number>(b).fill(step);
      const values = latent(step);
      const z = tf.tensor2d(values, [b, values.length / b]);
      const told = new Array<number>(b).fill(schedule.told[step]);
      let made: Drawn;
      try {
        made = await denoise(x, source, told, z, { step, ...posteriorAt(schedule, step) });
      } finally {
        z.dispose();
      }
      const { x0 } = made;
      try {
        const next =
          made.x ??
          tf.tidy(() => samplePosterior(schedule, x0, x, t, tf.tensor4d(noise(step), source.shape)));
        x.dispose();
        x = next;
        yield { step, x0, x };
      } finally {
        x0.dispose();
      }
    }
  } finally {
    x.dispose();
  }
}
