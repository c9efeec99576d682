/** cGAN (Dar et al. 2019): a cycle-consistent conditional GAN of ResNet generators with 9 blocks. */
import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { blocksAmong } from '../../networks/resnetGenerator/parse';
import type { Method, NetworkOf } from '../method';
import { resnetMethod } from '../resnet/resnetMethod';
import { CGAN_BLOCKS, training } from './training';

export type CganNetwork = NetworkOf<'cgan'> & ResnetGeneratorConfig;

export const cgan: Method<CganNetwork> = resnetMethod<CganNetwork>({
  id: 'cgan',
  label: 'cGAN',
  network: 'ResNet generator of 9 blocks',
  networkOf: (config) => ({ method: 'cgan', ...config }),
  hasNames: (names) => blocksAmong(names) === CGAN_BLOCKS,
  training,
});
