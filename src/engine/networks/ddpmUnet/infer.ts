/** The U-Net's configuration, from a card and from weights. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import type { StateDict } from '../../formats/namedTensor';
import { COUNT, counts } from '../ncsnpp/parse';
import { type DdpmUnetConfig, groupsOfWidth } from './config';

const FLAG = { rule: 'true or false', holds: (value: unknown) => typeof value === 'boolean' };

const FIELDS: Record<keyof DdpmUnetConfig, { rule: string; holds(value: unknown): boolean }> = {
  width: COUNT,
  groups: COUNT,
  mult: counts(1),
  nres: COUNT,
  attention: counts(0),
  scale_shift: FLAG,
  in_channels: COUNT,
  out_channels: COUNT,
};

/** @throws WeightsMismatch naming a field that is missing or of the wrong kind, beginning with `subject` */
export function parseDdpmUnet(record: Readonly<Record<string, unknown>>, subject: string): DdpmUnetConfig {
  for (const [field, { rule, holds }] of Object.entries(FIELDS)) {
    if (!holds(record[field]))
      throw new WeightsMismatch(`${subject}: ${field} must be ${rule}, got ${inShort(record[field])}`);
  }
  const { width, groups, mult, nres, attention, scale_shift, in_channels, out_channels } =
    record as unknown as DdpmUnetConfig;
  const of = { width, groups, mult, nres, attention, scale_shift, in_channels, out_channels };
  const odd = mult.find((times) => (times * width) % groups !== 0);
  if (odd !== undefined)
    throw new WeightsMismatch(
      `${subject}: groups must divide the channels of every level, got ${groups} for ${odd * width}`,
    );
  return of;
}

export const isDdpmUnet = (names: readonly string[]): boolean =>
  names.includes('input_blocks.0.0.weight') && names.includes('middle_block.1.qkv.weight');

/** @param recorded decides the groups, which leave no trace in the weights; else they follow from the width */
export function inferDdpmUnet(state: StateDict, recorded: Readonly<Record<string, unknown>>): DdpmUnetConfig {
  const shape = (name: string) => state.get(name)?.shape ?? [];
  const [width = 0, in_channels = 0] = shape('input_blocks.0.0.weight');
  const mult: number[] = [];
  const attention = new Set<number>();
  let nres = 0;
  let level = 0;
  // A block of a level, until one that halves begins the next.
  for (let block = 1; ; block++) {
    if (state.has(`input_blocks.${block}.0.op.weight`)) {
      level++;
      continue;
    }
    const [channels] = shape(`input_blocks.${block}.0.out_layers.3.weight`);
    if (channels === undefined) break;
    mult[level] = width > 0 ? channels / width : 0;
    if (level === 0) nres++;
    if (state.has(`input_blocks.${block}.1.norm.weight`)) attention.add(2 ** level);
  }
  const [emb = 0] = shape('middle_block.0.emb_layers.1.weight');
  const [middle = 0] = shape('middle_block.0.in_layers.0.weight');
  return {
    width,
    groups: COUNT.holds(recorded.groups) ? (recorded.groups as number) : groupsOfWidth(width),
    mult,
    nres,
    attention: [...attention],
    scale_shift: emb === 2 * middle,
    in_channels,
    out_channels: shape('out.2.weight')[0] ?? 0,
  };
}
