/** SAGAN (Zhang et al. 2019) in the paper's comparison: cGAN with self-attention after its last two residual blocks. */
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
import { attentionAfter, training } from './training';

export type SaganNetwork = NetworkOf<'sagan'> &
  ResnetGeneratorConfig & { attention_after: readonly number[] };

export const sagan: Method<SaganNetwork> = {
  id: 'sagan',
  label: 'SAGAN',
  network: 'ResNet generator with self-attention',
  parse: (record, subject) => withAttention(parseResnetGenerator(record, subject)),
  hasNames: (names) => blocksAmong(names) > 0 && names.some((name) => /^attn\d\.theta\./.test(name)),
  infer: (state) => {
    const network = withAttention(inferResnetGenerator(state));
    checkState(resnetGeneratorTable(network), state);
    return network;
  },
  table: resnetGeneratorTable,
  // Keys and values are pooled from a quarter of the image's side.
  leastSide: () => 2 * LEAST_SIDE,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => ONE_PASS,
  frames: onePassFrames,
  describe: ({ ngf, n_blocks, attention_after }) => [
    [
      'architecture',
      `ResNet, ${ngf} base channels, ${n_blocks} blocks, self-attention after ${attention_after.join(' and ')}, one pass`,
    ],
  ],
  training,
};

const withAttention = (config: ResnetGeneratorConfig): SaganNetwork => ({
  method: 'sagan',
  ...config,
  attention_after: attentionAfter(config),
});
