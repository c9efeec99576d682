import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import { onePassTranslator } from '../onePass';
import type { CompilesAhead } from '../translator';
import type { CganNetwork } from './method';

export const makeTranslator = onePassTranslator<CganNetwork, ResnetGeneratorWeights>(runResnetGenerator, {
  fast: (networks, weights) => networks.resnetGenerator?.(weights),
});

export const compileAhead: CompilesAhead<CganNetwork> = ({ resnetGenerator }) => resnetGenerator;
