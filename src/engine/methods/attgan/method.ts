/** AttGAN in the paper's comparison: cGAN with attention U-Nets (Oktay et al. 2018) for generators. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import { ONE_PASS } from '../../diffusion/schedule';
import { type AttentionUnetConfig, LEAST_SIDE } from '../../networks/attentionUnet/config';
import { attentionUnetTable } from '../../networks/attentionUnet/table';
import { checkState } from '../../networks/checkState';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { COUNT } from '../../networks/ncsnpp/parse';
import type { Method, NetworkOf } from '../method';
import { onePassFrames } from '../onePass';
import { training } from './training';

export type AttganNetwork = NetworkOf<'attgan'> & AttentionUnetConfig;

export const attgan: Method<AttganNetwork> = {
  id: 'attgan',
  label: 'AttGAN',
  network: 'attention U-Net',
  parse: ({ width }, subject) => {
    if (!COUNT.holds(width) || (width as number) % 2 !== 0)
      throw new WeightsMismatch(
        `${subject}: width must be an even whole number above 0, got ${inShort(width)}`,
      );
    return { method: 'attgan', width: width as number };
  },
  hasNames: (names) => names.some((name) => /^Att\d\.psi\.0\./.test(name)),
  infer: (state) => {
    const config = { width: state.get('Conv1.conv.0.weight')?.shape[0] ?? 0 };
    checkState(attentionUnetTable(config), state);
    return { method: 'attgan', ...config };
  },
  table: attentionUnetTable,
  leastSide: () => LEAST_SIDE,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => ONE_PASS,
  frames: onePassFrames,
  describe: ({ width }) => [['architecture', `attention U-Net, ${width} base channels, 5 levels, one pass`]],
  training,
};
