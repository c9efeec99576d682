import { attentionUnetGraph } from '../../networks/attentionUnet/graph';
import type { AttentionUnetWeights } from '../../networks/attentionUnet/run';
import { onePassGraph } from '../graphMaker';
import type { AttganNetwork } from './method';

export const makeGraph = onePassGraph<AttganNetwork, AttentionUnetWeights>(attentionUnetGraph);
