/** The ResNet generator's configuration, from a card and from weights. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import type { StateDict } from '../../formats/namedTensor';
import { COUNT } from '../ncsnpp/parse';
import type { ResnetGeneratorConfig } from './config';

const BLOCK = /^model\.(\d+)\.conv_block\.\d+\./;

/** @throws WeightsMismatch naming a field that is missing or of the wrong kind, beginning with `subject` */
export function parseResnetGenerator(
  { ngf, n_blocks, attention_pooled }: Readonly<Record<string, unknown>>,
  subject: string,
): ResnetGeneratorConfig {
  for (const [field, value] of Object.entries({ ngf, n_blocks })) {
    if (!COUNT.holds(value))
      throw new WeightsMismatch(`${subject}: ${field} must be ${COUNT.rule}, got ${inShort(value)}`);
  }
  return { ngf: ngf as number, n_blocks: n_blocks as number, ...pooling(attention_pooled) };
}

/** Residual blocks among these names; 0 for weights of another network. */
export function blocksAmong(names: Iterable<string>): number {
  return new Set([...names].flatMap((name) => BLOCK.exec(name)?.[1] ?? [])).size;
}

const pooling = (value: unknown) => (value === false ? { attention_pooled: false as const } : {});

/** @param recorded decides how attention is pooled, of which weights tell nothing */
export function inferResnetGenerator(
  state: StateDict,
  recorded: Readonly<Record<string, unknown>>,
): ResnetGeneratorConfig {
  const ngf = state.get('model.1.weight')?.shape[0] ?? 0;
  return { ngf, n_blocks: blocksAmong(state.keys()), ...pooling(recorded.attention_pooled) };
}
