/** AttGAN's training as data: cGAN's, of attention U-Nets. */
import { attentionUnetTable } from '../../networks/attentionUnet/table';
import { cycleGanTraining } from '../cgan/training';
import type { Training } from '../method';
import type { AttganNetwork } from './method';

export const training: Training<AttganNetwork> = cycleGanTraining<AttganNetwork>('attgan', {
  network: ({ widths }) => ({ method: 'attgan', width: widths.r }),
  table: attentionUnetTable,
  fromNetwork: ({ widths }, { width }) => ({ widths: { ...widths, r: width } }),
  text: () => 'attention U-Net',
  planes: { kept: 51, widest: 2 },
});
