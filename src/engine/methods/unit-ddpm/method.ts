/** UNIT-DDPM (Sasaki, Willcocks and Breckon 2021): two chains of a thousand steps, each told of the other's noisy image. */
import { COSINE_SCHEDULE } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { type DdpmUnetConfig, leastSide } from '../../networks/ddpmUnet/config';
import { inferDdpmUnet, isDdpmUnet, parseDdpmUnet } from '../../networks/ddpmUnet/infer';
import { ddpmUnetTable } from '../../networks/ddpmUnet/table';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { chainFrames } from '../ddpm/frames';
import { describeUnet } from '../ddpm/method';
import type { Method, NetworkOf } from '../method';
import { training } from './training';

export type UnitDdpmNetwork = NetworkOf<'unit-ddpm'> & DdpmUnetConfig;

export const unitDdpm: Method<UnitDdpmNetwork> = {
  id: 'unit-ddpm',
  label: 'UNIT-DDPM',
  network: 'denoising U-Net of UNIT-DDPM',
  parse: (record, subject) => ({ method: 'unit-ddpm', ...parseDdpmUnet(record, subject) }),
  // DDPM's names: a file that does not tell its method is taken for one of these.
  hasNames: isDdpmUnet,
  infer: (state, recorded) => {
    const config = inferDdpmUnet(state, recorded);
    checkState(ddpmUnetTable(config), state);
    return { method: 'unit-ddpm', ...config };
  },
  table: ddpmUnetTable,
  leastSide,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => COSINE_SCHEDULE,
  frames: ({ steps }) => chainFrames(steps).map(({ label }) => label),
  describe: (network) => [['architecture', describeUnet(network)]],
  training,
};
