/** DDPM (Nichol and Dhariwal 2021), conditioned on the source: a thousand small reverse steps, made cycle-consistent by SynDiff's R. */
import { leastSide as leastSideOfNcsnpp } from '../../networks/ncsnpp/config';
import type { Method } from '../method';
import { isNcsnpp as isNcsnppNames, ncsnppText } from '../syndiff/method';
import {
  type DdpmNetwork,
  inChannels,
  inferNcsnpp,
  isNcsnpp,
  type OwnUnet,
  parseNcsnpp,
  tableOf,
} from './network';
import { training } from './training';
import { unetMethod } from './unetMethod';

export type { DdpmNetwork } from './network';

const unet = unetMethod<OwnUnet>({
  id: 'ddpm',
  label: 'DDPM',
  network: 'denoising U-Net',
  networkOf: (config) => ({ method: 'ddpm', ...config }),
});

/** The names of SynDiff's U-Net are SynDiff's: a file that does not tell its method is taken for one of those. */
export const ddpm: Method<DdpmNetwork> = {
  ...unet,
  parse: (record, subject) =>
    record.unet === undefined ? unet.parse(record, subject) : parseNcsnpp(record, subject),
  hasNames: (names) => unet.hasNames(names) || isNcsnppNames(names),
  infer: (state, recorded) =>
    unet.hasNames([...state.keys()]) ? unet.infer(state, recorded) : inferNcsnpp(state, recorded),
  table: tableOf,
  isUnconditional: (network) => inChannels(network) === 1,
  leastSide: (network) => (isNcsnpp(network) ? leastSideOfNcsnpp(network) : unet.leastSide(network)),
  imageSize: (network) => (isNcsnpp(network) ? network.image_size : unet.imageSize(network)),
  describe: (network) =>
    isNcsnpp(network) ? [['architecture', `SynDiff's ${ncsnppText(network)}`]] : unet.describe(network),
  draws: true,
  training,
};
