/** The reverse chain from noise to the target contrast, an image after every step. */
import { sampleChain, startOf } from '../../diffusion/sampler';
import { makeSchedule } from '../../diffusion/schedule';
import { denoiserOf, type NcsnppWeights } from '../../networks/ncsnpp/run';
import { chainFrames } from '../chainFrames';
import type { CompilesAhead, MakeTranslator } from '../translator';
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
    ahead: fast?.ahead,
    async *run(source, draws, signal) {
      const noise = (step: number) => draws.noise(step);
      const latent = (step: number) => draws.latent(step, network.nz);
      const by = (draws.keys && fast?.drawing(draws.keys)) ?? denoise;
      const begin = await startOf(by, schedule, source.shape, noise);
      try {
        yield begin;
        const chain = sampleChain(by, schedule, source, { noise, latent, signal, begin });
        for await (const { step, x0, x } of chain) yield step === 0 ? x : x0;
      } finally {
        begin.dispose();
      }
    },
  };
};

export const compileAhead: CompilesAhead<SynDiffNetwork> = ({ generator }) => generator;
