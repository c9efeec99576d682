import { resnetGeneratorGraph } from '../../networks/resnetGenerator/graph';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import { onePassGraph } from '../graphMaker';
import type { SaganNetwork } from './method';

export const makeGraph = onePassGraph<SaganNetwork, ResnetGeneratorWeights>(resnetGeneratorGraph);
