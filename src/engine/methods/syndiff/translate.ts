/** The reverse chain from noise to the target contrast, an image after every step. */
import { sampleChain } from '../../diffusion/sampler';
import { makeSchedule } from '../../diffusion/schedule';
import { denoiserOf, type NcsnppWeights } from '../../networks/ncsnpp/run';
import * as tf from '../../tf';
import { chainFrames } from '../chainFrames';
import type { MakeTranslator } from '../translator';
import { checkTranslates } from './checkTranslates';
import { type SynDiffNetwork, syndiff } from './method';

/** @throws as `checkTranslates` */
export const makeTranslator: MakeTranslator<SynDiffNetwork, NcsnppWeights> = (
  network,
  diffusion,
  weights,
  made,
) => {
  checkTranslates(network);
  const schedule = makeSchedule(diffusion);
  const kept = new Set(chainFrames(schedule.steps).map(({ image }) => image));
  const generator = { config: network, weights, fourierFrequencies: null };
  const fast = made?.once('denoiser', () => made.fast.denoiser(generator));
  const denoise = fast?.denoise ?? denoiserOf(generator);
  return {
    frames: syndiff.frames(diffusion),
    steps: schedule.steps,
    keeps: (image) => kept.has(image),
    random: true,
    path: fast?.path,
    inside: fast?.inside,
    async *run(source, draws, signal) {
      const noise = (step: number) => draws.noise(step);
      const latent = (step: number) => draws.latent(step, network.nz);
      const begin = tf.tensor4d(noise(schedule.steps), source.shape);
      try {
        yield begin;
      } finally {
        begin.dispose();
      }
      for await (const { step, x0, x } of sampleChain(denoise, schedule, source, { noise, latent, signal }))
        yield step === 0 ? x : x0;
    },
  };
};
