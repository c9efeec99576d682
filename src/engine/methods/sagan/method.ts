/** SAGAN (Zhang et al. 2019) in the paper's comparison: cGAN with self-attention after its last two residual blocks. */
import { LEAST_SIDE, type ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { blocksAmong } from '../../networks/resnetGenerator/parse';
import type { Method, NetworkOf } from '../method';
import { resnetMethod } from '../resnet/resnetMethod';
import { attentionAfter, training } from './training';

export type SaganNetwork = NetworkOf<'sagan'> &
  ResnetGeneratorConfig & { attention_after: readonly number[] };

export const sagan: Method<SaganNetwork> = resnetMethod<SaganNetwork>({
  id: 'sagan',
  label: 'SAGAN',
  network: 'ResNet generator with self-attention',
  networkOf: (config) => ({ method: 'sagan', ...config, attention_after: attentionAfter(config) }),
  hasNames: (names) => blocksAmong(names) > 0 && names.some((name) => /^attn\d\.theta\./.test(name)),
  // Keys and values are pooled from a quarter of the image's side.
  leastSide: 2 * LEAST_SIDE,
  more: ({ attention_after, attention_pooled = true }) =>
    `, ${attention_pooled ? '' : 'unpooled '}self-attention after ${attention_after.join(' and ')}`,
  training,
});
