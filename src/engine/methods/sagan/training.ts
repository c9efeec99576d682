/** SAGAN's training as data: cGAN's, of generators with self-attention. */

import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import { type TrainSettings, trainedSize } from '../../training/settings';
import { CGAN_BLOCKS, cycleGanTraining, resnetText, SPECTRAL_NORM } from '../cgan/training';
import type { Training } from '../method';
import { SWITCH, type TrainingOption } from '../options';
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

const UNPOOLED = {
  id: 'unpooled-attention',
  label: 'Unpooled attention',
  text: 'keys and values of all positions, as in the PyTorch port, instead of pooled to a quarter of them, as in the original',
  ...SWITCH,
} as const satisfies TrainingOption;

const isUnpooled = ({ options }: Pick<TrainSettings, 'options'>): boolean => options[UNPOOLED.id] === 1;

export const training: Training<SaganNetwork> = cycleGanTraining<SaganNetwork>('sagan', {
  network: (settings) => {
    const { widths, options } = settings;
    const pooling = isUnpooled(settings) ? { attention_pooled: false as const } : {};
    const config = { ngf: widths.r, n_blocks: options[BLOCKS.id], ...pooling };
    return { method: 'sagan', ...config, attention_after: attentionAfter(config) };
  },
  table: resnetGeneratorTable,
  fromNetwork: ({ widths, options }, { ngf, n_blocks, attention_pooled = true }) => ({
    widths: { ...widths, r: ngf },
    options: { ...options, [BLOCKS.id]: n_blocks, [UNPOOLED.id]: attention_pooled ? 0 : 1 },
  }),
  text: (network) => `${resnetText(network)} with self-attention`,
  planes: { kept: 36, widest: 2 },
  // Scores, their softmax and its gradient of both blocks of two generators, a quarter of the side.
  attentionBytes: (settings) =>
    isUnpooled(settings) ? 2 * 2 * 3 * 4 * settings.batch * (trainedSize(settings) / 4) ** 4 : 0,
  options: [BLOCKS, UNPOOLED, SPECTRAL_NORM],
});
