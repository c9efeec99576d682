/** One reverse step's estimate of the clean image, x0~ = G(x, source, t, z), as the sampler's `Denoiser` has it. */
import { generatorGraph } from '../../networks/ncsnpp/graph';
import type { NcsnppWeights } from '../../networks/ncsnpp/run';
import { type MakeGraph, SOURCE_TEXT } from '../graphMaker';
import { checkTranslates } from './checkTranslates';
import type { SynDiffNetwork } from './method';

export const makeGraph: MakeGraph<SynDiffNetwork, NcsnppWeights> = (layers, network, weights, side) => {
  checkTranslates(network);
  const x = layers.imageInput('x', side, 'the noisy target, x_(t+1)');
  const source = network.num_channels === 1 ? [] : [layers.imageInput('source', side, SOURCE_TEXT)];
  const t = layers.vectorInput('t', null, "each image's step, counted from 0, the last");
  const z = layers.vectorInput('z', network.nz, 'the latent, N(0, 1)');
  const out = generatorGraph(layers, network, weights, layers.concat([x, ...source]), t, z);
  layers.imageOutput('x0', layers.channels(out, 0, 1), 'the estimate of the clean target, -1 to 1');
};
