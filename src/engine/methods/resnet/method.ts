/** R alone: the non-diffusive ResNet generator of SynDiff, which translates in one pass (the paper's ablation without diffusion). */
import { ONE_PASS } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { LEAST_SIDE, type ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import {
  blocksAmong,
  inferResnetGenerator,
  parseResnetGenerator,
} from '../../networks/resnetGenerator/parse';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import type { Method, NetworkOf } from '../method';
import { onePassFrames } from '../onePass';
import { training } from './training';

export type ResnetNetwork = NetworkOf<'resnet'> & ResnetGeneratorConfig;

export const resnet: Method<ResnetNetwork> = {
  id: 'resnet',
  label: 'R alone (SynDiff without diffusion)',
  network: 'non-diffusive ResNet generator',
  parse: (record, subject) => ({ method: 'resnet', ...parseResnetGenerator(record, subject) }),
  hasNames: (names) => blocksAmong(names) > 0,
  infer: (state) => {
    const config = inferResnetGenerator(state);
    checkState(resnetGeneratorTable(config), state);
    return { method: 'resnet', ...config };
  },
  table: resnetGeneratorTable,
  leastSide: () => LEAST_SIDE,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => ONE_PASS,
  frames: onePassFrames,
  describe: ({ ngf, n_blocks }) => [
    ['architecture', `ResNet, ${ngf} base channels, ${n_blocks} blocks, one pass`],
  ],
  training,
};
