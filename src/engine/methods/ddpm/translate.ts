/** The reverse chain from noise to the target contrast, given the source. */
import { ancestralChain, type NoiseFinder } from '../../diffusion/ancestralSampler';
import { type DdpmUnetWeights, runDdpmUnet } from '../../networks/ddpmUnet/run';
import * as tf from '../../tf';
import type { MakeTranslator } from '../translator';
import { chainTranslator } from './chainTranslator';
import type { DdpmNetwork } from './method';

export const makeTranslator: MakeTranslator<DdpmNetwork, DdpmUnetWeights> = (config, { steps }, weights) => {
  const find: NoiseFinder = (x, source, t) => {
    const out = runDdpmUnet({ config, weights }, config.in_channels === 1 ? x : tf.concat([x, source], 3), t);
    if (config.out_channels === 1) return { noise: out, v: null };
    const [noise, v] = tf.split(out, 2, 3);
    return { noise: noise as tf.Tensor4D, v: v as tf.Tensor4D };
  };
  return chainTranslator(steps, (schedule, source, draws, signal) =>
    ancestralChain(find, schedule, source, { noise: (index) => draws.noise(index), signal }),
  );
};
