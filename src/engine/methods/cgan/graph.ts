import { resnetGeneratorGraph } from '../../networks/resnetGenerator/graph';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import { onePassGraph } from '../graphMaker';
import type { CganNetwork } from './method';

export const makeGraph = onePassGraph<CganNetwork, ResnetGeneratorWeights>(resnetGeneratorGraph);
