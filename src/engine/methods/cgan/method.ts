/** cGAN (Dar et al. 2019): a cycle-consistent conditional GAN of ResNet generators with 9 blocks. */
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
import { CGAN_BLOCKS, training } from './training';

export type CganNetwork = NetworkOf<'cgan'> & ResnetGeneratorConfig;

export const cgan: Method<CganNetwork> = {
  id: 'cgan',
  label: 'cGAN',
  network: 'ResNet generator of 9 blocks',
  parse: (record, subject) => ({ method: 'cgan', ...parseResnetGenerator(record, subject) }),
  hasNames: (names) => blocksAmong(names) === CGAN_BLOCKS,
  infer: (state) => {
    const config = inferResnetGenerator(state);
    checkState(resnetGeneratorTable(config), state);
    return { method: 'cgan', ...config };
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
