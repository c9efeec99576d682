import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import type { GeneratorConfig } from './config';

export type Check = { readonly rule: string; readonly holds: (value: unknown) => boolean };

/** Far above any network of use; without a limit a card could ask for an endless list of layers. */
const MOST = 4096;
const isCount = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= MOST;
export const COUNT: Check = { rule: `a whole number from 1 to ${MOST}`, holds: isCount };
const flag: Check = { rule: 'true or false', holds: (value) => typeof value === 'boolean' };
export const counts = (least: number): Check => ({
  rule: `a list of ${least === 0 ? '' : 'one or more '}whole numbers from 1 to ${MOST}`,
  holds: (value) => Array.isArray(value) && value.length >= least && value.every(isCount),
});
const oneOf = (...words: string[]): Check => ({
  rule: `one of ${words.join(', ')}`,
  holds: (value) => words.includes(value as string),
});

const FIELDS: Record<keyof GeneratorConfig, Check> = {
  image_size: COUNT,
  num_channels: COUNT,
  num_channels_dae: COUNT,
  ch_mult: counts(1),
  num_res_blocks: COUNT,
  attn_resolutions: counts(0),
  nz: COUNT,
  z_emb_dim: COUNT,
  n_mlp: { rule: `a whole number from 0 to ${MOST}`, holds: (value) => value === 0 || isCount(value) },
  embedding_type: oneOf('positional', 'fourier'),
  fir: flag,
  resblock_type: oneOf('biggan', 'biggan_oneadagn'),
  progressive: oneOf('none', 'output_skip'),
  progressive_input: oneOf('none', 'residual'),
  not_use_tanh: flag,
  centered: flag,
};

/** Options of the authors' command line that change the result but not the weights, and that run at their default only. */
const FIXED: Record<string, unknown> = {
  conditional: true,
  skip_rescale: true,
  resamp_with_conv: true,
  fir_kernel: [1, 3, 3, 1],
  progressive_combine: 'sum',
};

/**
 * The fields of a network's configuration that a record holds (a card, a file's metadata, the authors' arguments); other
 * fields are left aside.
 * @throws WeightsMismatch naming a field of the wrong kind, or an option that this engine does not run
 */
export function parsePartialConfig(
  record: Readonly<Record<string, unknown>>,
  subject: string,
): Partial<GeneratorConfig> {
  for (const [field, value] of Object.entries(FIXED)) {
    if (record[field] !== undefined && JSON.stringify(record[field]) !== JSON.stringify(value)) {
      throw new WeightsMismatch(
        `${subject}: ${field} must be ${JSON.stringify(value)}, got ${inShort(record[field])}; this engine runs nothing else`,
      );
    }
  }
  const found: Record<string, unknown> = {};
  for (const [field, check] of Object.entries(FIELDS)) {
    const value = record[field];
    if (value === undefined) continue;
    if (!check.holds(value)) {
      throw new WeightsMismatch(`${subject}: ${field} must be ${check.rule}, got ${inShort(value)}`);
    }
    found[field] = value;
  }
  // Each field has passed its own check.
  return found as Partial<GeneratorConfig>;
}

/**
 * A whole configuration.
 * @throws WeightsMismatch naming a field that is missing or of the wrong kind
 */
export function parseConfig(record: Readonly<Record<string, unknown>>, subject: string): GeneratorConfig {
  const found = parsePartialConfig(record, subject);
  const missing = Object.keys(FIELDS).find((field) => !(field in found));
  if (missing) throw new WeightsMismatch(`${subject}: ${missing} must be given, got nothing`);
  const config = found as GeneratorConfig;
  const blocks = config.num_res_blocks * config.ch_mult.length + config.n_mlp;
  if (blocks > MOST)
    throw new WeightsMismatch(
      `${subject}: num_res_blocks, ch_mult and n_mlp must make up to ${MOST} blocks, got ${blocks}`,
    );
  return config;
}
