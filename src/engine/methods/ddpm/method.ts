/** DDPM (Nichol and Dhariwal 2021), conditioned on the source: a thousand small reverse steps, made cycle-consistent by SynDiff's R. */
import type { DdpmUnetConfig } from '../../networks/ddpmUnet/config';
import type { Method, NetworkOf } from '../method';
import { training } from './training';
import { unetMethod } from './unetMethod';

export type DdpmNetwork = NetworkOf<'ddpm'> & DdpmUnetConfig;

export const ddpm: Method<DdpmNetwork> = {
  ...unetMethod<DdpmNetwork>({
    id: 'ddpm',
    label: 'DDPM',
    network: 'denoising U-Net',
    networkOf: (config) => ({ method: 'ddpm', ...config }),
    training,
  }),
  isUnconditional: ({ in_channels }) => in_channels === 1,
};
