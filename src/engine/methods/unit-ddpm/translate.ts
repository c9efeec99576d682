/** The reverse chain of the target beside the source, which is noised afresh at every step; the release time is the paper's 1. */
import type { NoiseFinder } from '../../diffusion/ancestralSampler';
import { jointChain } from '../../diffusion/jointSampler';
import { type DdpmUnetWeights, runDdpmUnet } from '../../networks/ddpmUnet/run';
import * as tf from '../../tf';
import { chainTranslator } from '../ddpm/chainTranslator';
import type { MakeTranslator } from '../translator';
import type { UnitDdpmNetwork } from './method';

const RELEASE = 1;

export const makeTranslator: MakeTranslator<UnitDdpmNetwork, DdpmUnetWeights> = (
  config,
  { steps },
  weights,
) => {
  const find: NoiseFinder = (x, other, t) => ({
    noise: runDdpmUnet({ config, weights }, tf.concat([x, other], 3), t),
    v: null,
  });
  return chainTranslator(steps, (schedule, source, draws, signal) => {
    const [, h, w] = source.shape;
    return jointChain(find, schedule, source, {
      noise: (index) => draws.noise(index),
      sourceNoise: (index) => draws.latent(index, h * w),
      release: RELEASE,
      signal,
    });
  });
};
