/**
 * The reverse chain of UNIT-DDPM (Sasaki et al. 2021; BASELINES.md section 7): the source beside it is noised afresh at every step, as
 * far as the chain itself has come; from the release time on both are stepped, each given the other.
 */
import { Aborted } from '../../errors';
import * as tf from '../tf';
import { ancestralStep, clippedClean, noised } from './ancestral';
import type { NoiseFinder } from './ancestralSampler';
import type { CosineSchedule } from './cosine';

export interface JointOptions {
  /** N(0, 1), b*h*w numbers: the start for index `times.length`, a step's noise for the others (at 0 it has no effect). */
  noise: (index: number) => Float32Array;
  /** N(0, 1): of the source at an index down to the release. */
  sourceNoise: (index: number) => Float32Array;
  /** Steps, from the end, in which both images go on; the paper's is 1, which needs no `joint`. */
  release: number;
  /** For a release above 1: what finds the noise of the source, and what its steps draw. */
  joint?: { find: NoiseFinder; noise: (index: number) => Float32Array };
  /** Looked at before every step. */
  signal?: AbortSignal;
}

export interface JointStep {
  index: number;
  /** The clean target that the network's noise leaves, clipped. Borrowed: valid until the next step. */
  x0: tf.Tensor4D;
  /** The target after this step, at index 0 the result. Borrowed: valid until the next step. */
  x: tf.Tensor4D;
  /** The source after this step, where it is stepped. Borrowed: valid until the next step. */
  source: tf.Tensor4D | null;
}

/**
 * @param source acquired contrast, [b, h, w, 1], [-1, 1]
 * @throws Aborted between steps once the signal is aborted
 */
export async function* jointChain(
  find: NoiseFinder,
  schedule: CosineSchedule,
  source: tf.Tensor4D,
  { noise, sourceNoise, release, joint, signal }: JointOptions,
): AsyncGenerator<JointStep> {
  const [b] = source.shape;
  const steps = schedule.times.length;
  const image = (values: Float32Array) => tf.tensor4d(values, source.shape);
  let x = image(noise(steps));
  let beside: tf.Tensor4D | null = null;
  try {
    for (let index = steps - 1; index >= 0; index--) {
      if (signal?.aborted) throw new Aborted('translation: cancelled');
      const at = new Array<number>(b).fill(index);
      const t = new Array<number>(b).fill(schedule.times[index]);
      const isFresh = index >= release - 1;
      const isStepped = index < release && joint !== undefined;
      const [x0, next, nextBeside] = tf.tidy(() => {
        const other = isFresh ? noised(schedule, source, at, image(sourceNoise(index))) : beside!;
        const stepped = (own: NoiseFinder, of: tf.Tensor4D, given: tf.Tensor4D, drawn: Float32Array) => {
          const found = own(of, given, t);
          const estimate = clippedClean(schedule, of, at, found.noise);
          return [estimate, ancestralStep(schedule, estimate, of, at, found.v, image(drawn))];
        };
        const ofTarget = stepped(find, x, other, noise(index));
        return isStepped ? [...ofTarget, stepped(joint.find, other, x, joint.noise(index))[1]] : ofTarget;
      });
      tf.dispose([x, ...(beside ? [beside] : [])]);
      [x, beside] = [next, nextBeside ?? null];
      try {
        yield { index, x0, x, source: beside };
      } finally {
        x0.dispose();
      }
    }
  } finally {
    tf.dispose([x, ...(beside ? [beside] : [])]);
  }
}
