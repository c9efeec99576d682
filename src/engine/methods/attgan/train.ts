import { type AttentionUnetWeights, runAttentionUnet } from '../../networks/attentionUnet/run';
import { cycleGanStep } from '../cgan/cycleGan';

export const trainStep = cycleGanStep((weights: AttentionUnetWeights, x) => runAttentionUnet(weights, x));
