/** DDPM (Nichol and Dhariwal 2021), conditioned on the source: a thousand small reverse steps, made cycle-consistent by SynDiff's R. */
import { COSINE_SCHEDULE } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { type DdpmUnetConfig, leastSide } from '../../networks/ddpmUnet/config';
import { inferDdpmUnet, isDdpmUnet, parseDdpmUnet } from '../../networks/ddpmUnet/infer';
import { ddpmUnetTable } from '../../networks/ddpmUnet/table';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import type { Method, NetworkOf } from '../method';
import { chainFrames } from './frames';
import { training } from './training';

export type DdpmNetwork = NetworkOf<'ddpm'> & DdpmUnetConfig;

export const ddpm: Method<DdpmNetwork> = {
  id: 'ddpm',
  label: 'DDPM',
  network: 'denoising U-Net',
  parse: (record, subject) => ({ method: 'ddpm', ...parseDdpmUnet(record, subject) }),
  hasNames: isDdpmUnet,
  infer: (state, recorded) => {
    const config = inferDdpmUnet(state, recorded);
    checkState(ddpmUnetTable(config), state);
    return { method: 'ddpm', ...config };
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

export const describeUnet = ({ width, mult, nres }: DdpmUnetConfig): string =>
  `U-Net, ${width} base channels × ${mult.join(' ')}, ${nres} residual ${nres === 1 ? 'block' : 'blocks'} a level`;
