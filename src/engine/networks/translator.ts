/** What turns one contrast into another, on the backend: the diffusive generator, or R alone (cGAN). */
import { resnetGeneratorTable } from '../weights/torchNames';
import { isResnetConfig, type ResnetGeneratorConfig, type StateDict, type TranslatorConfig } from './config';
import { type Generator, loadGenerator } from './ncsnpp';
import { disposeTree, loadTree, type ParameterTable } from './parameters';
import type { ResnetGeneratorWeights } from './resnetGenerator';

export interface ResnetTranslator {
  config: ResnetGeneratorConfig;
  table: ParameterTable;
  weights: ResnetGeneratorWeights;
}

export type Translator = Generator | ResnetTranslator;

export function isResnet(translator: Translator): translator is ResnetTranslator {
  return isResnetConfig(translator.config);
}

/** @throws WeightsMismatch if names or shapes are not those of `config`. */
export function loadTranslator(config: TranslatorConfig, state: StateDict): Translator {
  if (!isResnetConfig(config)) return loadGenerator(config, state);
  const table = resnetGeneratorTable(config);
  return { config, table, weights: loadTree<ResnetGeneratorWeights>(table, state) };
}

export function disposeTranslator({ table, weights }: Translator): void {
  disposeTree(table, weights);
}
