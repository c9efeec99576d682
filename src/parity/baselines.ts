/** The networks of the baselines, and their parts, against the official code's numbers (BASELINES.md; golden/baselines). */
import {
  type AttentionGate,
  type AttentionUnetWeights,
  gateMap,
  runAttentionUnet,
} from '../engine/networks/attentionUnet/run';
import { attentionUnetTable, gateRows } from '../engine/networks/attentionUnet/table';
import type { ResnetGeneratorConfig } from '../engine/networks/resnetGenerator/config';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../engine/networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../engine/networks/resnetGenerator/table';
import {
  attentionMap,
  attentionParts,
  type SelfAttention,
  selfAttention,
  selfAttentionRows,
} from '../engine/networks/selfAttention';
import type { ParameterTable } from '../engine/networks/table';
import { TableWriter } from '../engine/networks/tableWriter';
import * as tf from '../engine/tf';
import { relativeError } from './compare';
import {
  type Case,
  compareImage,
  type Golden,
  gradientError,
  image,
  NETWORK_TOLERANCE,
  withGolden,
  withTree,
} from './kit';

/** A block alone, without a network's sums behind it. */
const BLOCK_TOLERANCE = 1e-5;
/** 22 norms and no residual path amplify rounding. */
const ATTENTION_UNET_TOLERANCE = 5e-4;
const SELF_ATTENTION_TOLERANCE = 2e-4;

export const BASELINE_CASES: [pattern: RegExp, tolerance: number, run: Case][] = [
  [/^net_cgan_generator\.safetensors$/, NETWORK_TOLERANCE, withGolden(resnetCase)],
  [/^net_sagan_generator\.safetensors$/, SELF_ATTENTION_TOLERANCE, withGolden(saganCase)],
  [/^net_attention_unet\.safetensors$/, ATTENTION_UNET_TOLERANCE, withGolden(attentionUnetCase)],
  [/^block_attention_gate\.safetensors$/, BLOCK_TOLERANCE, withGolden(gateCase)],
  [/^block_self_attention\.safetensors$/, BLOCK_TOLERANCE, withGolden(selfAttentionCase)],
];

async function resnetCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table = resnetGeneratorTable(golden.config as unknown as ResnetGeneratorConfig);
  const error = await withTree<ResnetGeneratorWeights>(table, golden.params, (weights) =>
    compareImage(() => runResnetGenerator(weights, x), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

/** The same, and with gamma 0, where the attention adds nothing. */
async function saganCase(golden: Golden): Promise<number> {
  const without = new Map(golden.params);
  for (const [name, { shape, data }] of without)
    if (name.endsWith('.sigma_ratio')) without.set(name, { shape, data: data.map(() => 0) });
  const of = (params: Golden['params'], out: string) =>
    resnetCase({ ...golden, params, tensor: (name) => golden.tensor(name === 'out' ? out : name) });
  return Math.max(await of(golden.params, 'out'), await of(without, 'out.gamma0'));
}

async function attentionUnetCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table = attentionUnetTable(golden.config as { width: number });
  const error = await withTree<AttentionUnetWeights>(table, golden.params, async (weights) => {
    const maps: tf.Tensor4D[] = [];
    const out = await compareImage(
      () => runAttentionUnet(weights, x, (map) => maps.push(tf.keep(map))),
      golden.tensor('out'),
    );
    const errors = [];
    // From below: 5, 4, 3, 2.
    for (const [n, map] of maps.entries())
      errors.push(await compareImage(() => tf.clone(map), golden.tensor(`out.gate.Att${5 - n}`)));
    tf.dispose(maps);
    return Math.max(out, ...errors);
  });
  x.dispose();
  return error;
}

async function gateCase(golden: Golden): Promise<number> {
  const { channels, inner } = golden.config as { channels: number; inner: number };
  const t = new TableWriter('normal');
  gateRows(t, ['gate', ''], channels, inner);
  const [x, g] = ['in.x', 'in.g'].map((name) => image(golden.tensor(name)));
  const error = await withTree<{ gate: AttentionGate }>(unnamed(t.rows), golden.params, ({ gate }) =>
    compareImage(() => tf.mul(x, gateMap(gate, x, g)), golden.tensor('out')),
  );
  tf.dispose([x, g]);
  return error;
}

async function selfAttentionCase(golden: Golden): Promise<number> {
  const t = new TableWriter('normal');
  selfAttentionRows(t, ['block', ''], (golden.config as { channels: number }).channels);
  const table = unnamed(t.rows);
  const x = image(golden.tensor('in.x'));
  const error = await withTree<{ block: SelfAttention }>(table, golden.params, async (tree) => {
    const run = () => selfAttention(tree.block, x);
    const out = await compareImage(run, golden.tensor('out'));
    const map = tf.tidy(() => {
      const { query, key } = attentionParts(tree.block, x);
      return attentionMap(query, key);
    });
    const ofMap = relativeError(await map.data(), golden.tensor('out.attention').data);
    map.dispose();
    return Math.max(out, ofMap, await gradientError(golden, table, tree, x, run));
  });
  x.dispose();
  return error;
}

/** Of a block by itself, whose names have nothing before them. */
const unnamed = (table: ParameterTable): ParameterTable =>
  table.map((row) => ({ ...row, name: row.name.replace(/^\./, '') }));
