/** One reverse step's estimate of the noise, and v where the network has it. */
import { ddpmUnetGraph } from '../../networks/ddpmUnet/graph';
import type { DdpmUnetWeights } from '../../networks/ddpmUnet/run';
import { generatorGraph } from '../../networks/ncsnpp/graph';
import type { NcsnppWeights } from '../../networks/ncsnpp/run';
import type { InGraph } from '../../onnx/weights';
import { type MakeGraph, SOURCE_TEXT } from '../graphMaker';
import { type DdpmNetwork, inChannels, isNcsnpp } from './network';

export const makeGraph: MakeGraph<DdpmNetwork, DdpmUnetWeights | NcsnppWeights> = (
  layers,
  network,
  weights,
  side,
) => {
  const x = layers.imageInput('x', side, 'the noisy target, x_t');
  const source = inChannels(network) === 1 ? [] : [layers.imageInput('source', side, SOURCE_TEXT)];
  const t = layers.vectorInput('t', null, 'the time of each image, 0 to 999');
  const both = layers.concat([x, ...source]);
  const out = isNcsnpp(network)
    ? generatorGraph(layers, network, weights as InGraph<NcsnppWeights>, both, t, layers.zeros(network.nz))
    : ddpmUnetGraph(layers, network, weights as InGraph<DdpmUnetWeights>, both, t);
  layers.imageOutput('noise', layers.channels(out, 0, 1), 'the estimate of the noise');
  if (network.out_channels > 1)
    layers.imageOutput('v', layers.channels(out, 1, 2), 'where the variance lies between its bounds');
};
