/** The reverse chain of the target beside the source, which is noised afresh at every step; the release time is the paper's 1. */
import type { NoiseFinder } from '../../diffusion/ancestralSampler';
import { COSINE_STEPS, keptSteps, makeCosineSchedule } from '../../diffusion/cosine';
import { jointChain } from '../../diffusion/jointSampler';
import { type DdpmUnetWeights, runDdpmUnet } from '../../networks/ddpmUnet/run';
import * as tf from '../../tf';
import { chainFrames } from '../ddpm/frames';
import type { MakeTranslator } from '../translator';
import type { UnitDdpmNetwork } from './method';

const RELEASE = 1;

/** @throws BadRequest where the card's number of steps is none of the schedule's */
export const makeTranslator: MakeTranslator<UnitDdpmNetwork, DdpmUnetWeights> = (
  config,
  { steps },
  weights,
) => {
  const schedule = makeCosineSchedule(steps === COSINE_STEPS ? undefined : keptSteps(steps));
  const find: NoiseFinder = (x, other, t) => ({
    noise: runDdpmUnet({ config, weights }, tf.concat([x, other], 3), t),
    v: null,
  });
  const shown = chainFrames(steps);
  const kept = new Set(shown.map(({ image }) => image));
  return {
    frames: shown.map(({ label }) => label),
    steps,
    keeps: (image) => kept.has(image),
    random: true,
    async *run(source, draws, signal) {
      const [, h, w] = source.shape;
      const begin = tf.tensor4d(draws.noise(steps), source.shape);
      try {
        yield begin;
      } finally {
        begin.dispose();
      }
      const chain = jointChain(find, schedule, source, {
        noise: (index) => draws.noise(index),
        sourceNoise: (index) => draws.latent(index, h * w),
        release: RELEASE,
        signal,
      });
      for await (const { index, x0, x } of chain) yield index === 0 ? x : x0;
    },
  };
};
