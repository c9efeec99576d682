/** One reverse step's estimate of the noise, and v where the network has it. */
import { ddpmUnetGraph } from '../../networks/ddpmUnet/graph';
import type { DdpmUnetWeights } from '../../networks/ddpmUnet/run';
import { type MakeGraph, SOURCE_TEXT } from '../graphMaker';
import type { DdpmNetwork } from './method';

export const makeGraph: MakeGraph<DdpmNetwork, DdpmUnetWeights> = (layers, network, weights, side) => {
  const x = layers.imageInput('x', side, 'the noisy target, x_t');
  const source = network.in_channels === 1 ? [] : [layers.imageInput('source', side, SOURCE_TEXT)];
  const t = layers.vectorInput('t', null, 'the time of each image, 0 to 999');
  const out = ddpmUnetGraph(layers, network, weights, layers.concat([x, ...source]), t);
  layers.imageOutput('noise', layers.channels(out, 0, 1), 'the estimate of the noise');
  if (network.out_channels > 1)
    layers.imageOutput('v', layers.channels(out, 1, 2), 'where the variance lies between its bounds');
};
