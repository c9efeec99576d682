import { decoderGraph, encoderGraph } from '../../networks/contentAutoencoder/graph';
import type { DecoderWeights, EncoderWeights } from '../../networks/contentAutoencoder/run';
import { onePassGraph } from '../graphMaker';
import type { UnitNetwork } from './method';

export const makeGraph = onePassGraph<UnitNetwork, EncoderWeights & DecoderWeights>(
  (layers, weights, source) => decoderGraph(layers, weights, encoderGraph(layers, weights, source)),
);
