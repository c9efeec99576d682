/** R alone: the non-diffusive ResNet generator of SynDiff, which translates in one pass (the paper's ablation without diffusion). */
import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { blocksAmong } from '../../networks/resnetGenerator/parse';
import type { Method, NetworkOf } from '../method';
import { resnetMethod } from './resnetMethod';
import { training } from './training';

export type ResnetNetwork = NetworkOf<'resnet'> & ResnetGeneratorConfig;

export const resnet: Method<ResnetNetwork> = resnetMethod<ResnetNetwork>({
  id: 'resnet',
  label: 'R alone (SynDiff without diffusion)',
  network: 'non-diffusive ResNet generator',
  networkOf: (config) => ({ method: 'resnet', ...config }),
  hasNames: (names) => blocksAmong(names) > 0,
  training,
});
