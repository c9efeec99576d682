import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import { onePassTranslator } from '../onePass';
import type { CompilesAhead } from '../translator';
import type { ResnetNetwork } from './method';

export const makeTranslator = onePassTranslator<ResnetNetwork, ResnetGeneratorWeights>(runResnetGenerator, {
  fast: (networks, weights) => networks.resnetGenerator?.(weights),
});

export const compileAhead: CompilesAhead<ResnetNetwork> = ({ resnetGenerator }) => resnetGenerator;
