/** The reverse chain from noise to the target contrast, given the source. */
import { ancestralChain, type NoiseFinder } from '../../diffusion/ancestralSampler';
import * as tf from '../../tf';
import type { MakeTranslator } from '../translator';
import { chainTranslator } from './chainTranslator';
import { type DdpmNetwork, inChannels } from './network';
import { type DdpmWeights, runUnet } from './runUnet';

export const makeTranslator: MakeTranslator<DdpmNetwork, DdpmWeights> = (config, { steps }, weights) => {
  const find: NoiseFinder = (x, source, t) => {
    const out = runUnet({ config, weights }, inChannels(config) === 1 ? x : tf.concat([x, source], 3), t);
    if (config.out_channels === 1) return { noise: out, v: null };
    const [noise, v] = tf.split(out, 2, 3);
    return { noise: noise as tf.Tensor4D, v: v as tf.Tensor4D };
  };
  return chainTranslator(steps, (schedule, source, draws, signal) =>
    ancestralChain(find, schedule, source, { noise: (index) => draws.noise(index), signal }),
  );
};
