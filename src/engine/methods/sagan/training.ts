/** SAGAN's training as data: cGAN's, of generators with self-attention. */

import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import { CGAN_BLOCKS, cycleGanTraining, resnetText } from '../cgan/training';
import type { Training } from '../method';
import type { TrainingOption } from '../options';
import type { SaganNetwork } from './method';

/** The last two residual blocks, from 1. */
export const attentionAfter = ({ n_blocks }: ResnetGeneratorConfig): readonly number[] =>
  [n_blocks - 1, n_blocks].filter((block) => block > 0);

const BLOCKS = {
  id: 'blocks',
  label: 'Residual blocks',
  short: 'blocks',
  text: 'residual blocks of a generator',
  kind: 'whole',
  least: 2,
  most: 32,
  usual: CGAN_BLOCKS,
} as const satisfies TrainingOption;

export const training: Training<SaganNetwork> = cycleGanTraining<SaganNetwork>('sagan', {
  network: ({ widths, options }) => {
    const config = { ngf: widths.r, n_blocks: options[BLOCKS.id] };
    return { method: 'sagan', ...config, attention_after: attentionAfter(config) };
  },
  table: resnetGeneratorTable,
  fromNetwork: ({ widths, options }, { ngf, n_blocks }) => ({
    widths: { ...widths, r: ngf },
    options: { ...options, [BLOCKS.id]: n_blocks },
  }),
  text: (network) => `${resnetText(network)} with self-attention`,
  planes: { kept: 36, widest: 2 },
  options: [BLOCKS],
});
