import { type AttentionUnetWeights, runAttentionUnet } from '../../networks/attentionUnet/run';
import { onePassTranslator } from '../onePass';
import type { AttganNetwork } from './method';

export const makeTranslator = onePassTranslator<AttganNetwork, AttentionUnetWeights>((weights, source) =>
  runAttentionUnet(weights, source),
);
