/** DDPM's network on tensors, whichever it is. */
import { type DdpmUnetWeights, runDdpmUnet } from '../../networks/ddpmUnet/run';
import { type NcsnppWeights, runGenerator } from '../../networks/ncsnpp/run';
import * as tf from '../../tf';
import { type DdpmNetwork, isNcsnpp } from './network';

export type DdpmWeights = DdpmUnetWeights | NcsnppWeights;

export interface DdpmUnet {
  config: DdpmNetwork;
  /** The tree of the network's table. */
  weights: DdpmWeights;
  /** Blocks are run again in the backward pass. */
  recompute?: boolean;
}

/**
 * @param x the noisy target and the source, [b, h, w, 2]; [b, h, w, 1] where there is no source
 * @param t the time of each image, 0..999
 * @returns [b, h, w, 1] or 2: the noise, and v
 */
export function runUnet(
  { config, weights, recompute }: DdpmUnet,
  x: tf.Tensor4D,
  t: readonly number[],
): tf.Tensor4D {
  if (!isNcsnpp(config)) return runDdpmUnet({ config, weights: weights as DdpmUnetWeights, recompute }, x, t);
  const generator = { config, weights: weights as NcsnppWeights, fourierFrequencies: null, recompute };
  return tf.tidy(() => runGenerator(generator, x, t, tf.zeros([x.shape[0], config.nz])));
}
