import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import { onePassTranslator } from '../onePass';
import type { SaganNetwork } from './method';

export const makeTranslator = onePassTranslator<SaganNetwork, ResnetGeneratorWeights>(runResnetGenerator);
