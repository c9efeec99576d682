import { decoderGraph, encoderGraph, styleNormsGraph } from '../../networks/contentAutoencoder/graph';
import type { DecoderWeights, EncoderWeights } from '../../networks/contentAutoencoder/run';
import type { StyleNetworkWeights } from '../../networks/contentAutoencoder/style';
import { onePassGraph } from '../graphMaker';
import type { MunitNetwork } from './method';

export const makeGraph = onePassGraph<MunitNetwork, EncoderWeights & DecoderWeights & StyleNetworkWeights>(
  (layers, weights, source, { style_dim }) => {
    const style = layers.vectorInput('style', style_dim, 'the style, N(0, 1)');
    const norms = styleNormsGraph(layers, weights, style);
    return decoderGraph(layers, weights, encoderGraph(layers, weights, source), norms);
  },
);
