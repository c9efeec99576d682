/** UNIT-DDPM (Sasaki, Willcocks and Breckon 2021): two chains of a thousand steps, each told of the other's noisy image. */
import type { DdpmUnetConfig } from '../../networks/ddpmUnet/config';
import { unetMethod } from '../ddpm/unetMethod';
import type { Method, NetworkOf } from '../method';
import { training } from './training';

export type UnitDdpmNetwork = NetworkOf<'unit-ddpm'> & DdpmUnetConfig;

/** Its names are DDPM's: a file that does not tell its method is taken for one of these. */
export const unitDdpm: Method<UnitDdpmNetwork> = {
  ...unetMethod<UnitDdpmNetwork>({
    id: 'unit-ddpm',
    label: 'UNIT-DDPM',
    network: 'denoising U-Net of UNIT-DDPM',
    networkOf: (config) => ({ method: 'unit-ddpm', ...config }),
  }),
  draws: true,
  training,
};
