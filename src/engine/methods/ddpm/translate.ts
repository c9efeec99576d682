/** The reverse chain from noise to the target contrast: all thousand steps, or as many as the card keeps of them. */
import { type AncestralOptions, ancestralChain, type NoiseFinder } from '../../diffusion/ancestralSampler';
import { COSINE_STEPS, keptSteps, makeCosineSchedule } from '../../diffusion/cosine';
import { type DdpmUnetWeights, runDdpmUnet } from '../../networks/ddpmUnet/run';
import * as tf from '../../tf';
import type { MakeTranslator } from '../translator';
import { chainFrames } from './frames';
import type { DdpmNetwork } from './method';

/** @throws BadRequest where the card's number of steps is none of the schedule's */
export const makeTranslator: MakeTranslator<DdpmNetwork, DdpmUnetWeights> = (config, { steps }, weights) => {
  const schedule = makeCosineSchedule(steps === COSINE_STEPS ? undefined : keptSteps(steps));
  const find: NoiseFinder = (x, source, t) => {
    const out = runDdpmUnet({ config, weights }, tf.concat([x, source], 3), t);
    if (config.out_channels === 1) return { noise: out, v: null };
    const [noise, v] = tf.split(out, 2, 3);
    return { noise: noise as tf.Tensor4D, v: v as tf.Tensor4D };
  };
  const shown = chainFrames(steps);
  const kept = new Set(shown.map(({ image }) => image));
  return {
    frames: shown.map(({ label }) => label),
    steps,
    keeps: (image) => kept.has(image),
    random: true,
    async *run(source, draws, signal) {
      const options: AncestralOptions = { noise: (index) => draws.noise(index), signal };
      const begin = tf.tensor4d(draws.noise(steps), source.shape);
      try {
        yield begin;
      } finally {
        begin.dispose();
      }
      for await (const { index, x0, x } of ancestralChain(find, schedule, source, options))
        yield index === 0 ? x : x0;
    },
  };
};
