/** The networks of the baselines, and their parts, against the official code's numbers (BASELINES.md; golden/baselines). */

import { valueAndGradients } from '../engine/autodiff/vjp';
import type { NamedTensor } from '../engine/formats/namedTensor';
import {
  type AttentionGate,
  type AttentionUnetWeights,
  gateMap,
  runAttentionUnet,
} from '../engine/networks/attentionUnet/run';
import { attentionUnetTable, gateRows } from '../engine/networks/attentionUnet/table';
import type { StyleConfig } from '../engine/networks/contentAutoencoder/config';
import {
  type DecoderWeights,
  type EncoderWeights,
  runDecoder,
  runEncoder,
} from '../engine/networks/contentAutoencoder/run';
import {
  decodeWithStyle,
  runStyleEncoder,
  runStyleNetwork,
  type StyleEncoderWeights,
  type StyleNetworkWeights,
} from '../engine/networks/contentAutoencoder/style';
import { styleEncoderTable, styleNetworkTable } from '../engine/networks/contentAutoencoder/styleTable';
import { decoderTable, encoderTable, layerNormRows } from '../engine/networks/contentAutoencoder/table';
import { adaptiveInstanceNorm, layerNorm } from '../engine/networks/layers';
import {
  averageDown,
  type MultiScaleWeights,
  runMultiScaleDiscriminator,
} from '../engine/networks/multiScaleDiscriminator/run';
import { multiScaleDiscriminatorTable } from '../engine/networks/multiScaleDiscriminator/table';
import type { Affine } from '../engine/networks/parameters';
import type { ResnetGeneratorConfig } from '../engine/networks/resnetGenerator/config';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../engine/networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../engine/networks/resnetGenerator/table';
import {
  attentionMap,
  attentionParts,
  type SelfAttention,
  selfAttention,
} from '../engine/networks/selfAttention';
import { selfAttentionRows } from '../engine/networks/selfAttentionTable';
import { TableWriter } from '../engine/networks/tableWriter';
import * as tf from '../engine/tf';
import { leastSquares } from '../engine/training/losses';
import { relativeError } from './compare';
import {
  type Case,
  compareImage,
  compareNumbers,
  type Golden,
  gradientError,
  image,
  NETWORK_TOLERANCE,
  unnamed,
  withGolden,
  withTree,
} from './kit';

/** A block alone, without a network's sums behind it. */
const BLOCK_TOLERANCE = 1e-5;
/** Inputs so small that the place and size of eps show. */
const SMALL_BLOCK_TOLERANCE = 2e-5;
/** 22 norms and no residual path amplify rounding. */
const ATTENTION_UNET_TOLERANCE = 5e-4;
const SELF_ATTENTION_TOLERANCE = 2e-4;

export const BASELINE_CASES: [pattern: RegExp, tolerance: number, run: Case][] = [
  [/^net_cgan_generator\.safetensors$/, NETWORK_TOLERANCE, withGolden(resnetCase)],
  [/^net_sagan_generator\.safetensors$/, SELF_ATTENTION_TOLERANCE, withGolden(saganCase)],
  [/^net_attention_unet\.safetensors$/, ATTENTION_UNET_TOLERANCE, withGolden(attentionUnetCase)],
  [/^net_unit_encoder\.safetensors$/, NETWORK_TOLERANCE, withGolden(unitEncoderCase)],
  [/^net_unit_decoder\.safetensors$/, NETWORK_TOLERANCE, withGolden(unitDecoderCase)],
  [/^net_munit_content_encoder\.safetensors$/, NETWORK_TOLERANCE, withGolden(contentEncoderCase)],
  [/^net_munit_style_encoder\.safetensors$/, NETWORK_TOLERANCE, withGolden(styleEncoderCase)],
  [/^net_munit_mlp\.safetensors$/, NETWORK_TOLERANCE, withGolden(styleNetworkCase)],
  [/^net_munit_decoder\.safetensors$/, NETWORK_TOLERANCE, withGolden(munitDecoderCase)],
  [/^net_multi_scale_discriminator\.safetensors$/, NETWORK_TOLERANCE, withGolden(multiScaleCase)],
  [/^block_layer_norm\.safetensors$/, SMALL_BLOCK_TOLERANCE, withGolden(layerNormCase)],
  [/^block_adain\.safetensors$/, SMALL_BLOCK_TOLERANCE, withGolden(adainCase)],
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

async function unitEncoderCase(golden: Golden): Promise<number> {
  const [x, noise] = ['in.x', 'in.noise'].map((name) => image(golden.tensor(name)));
  const table = encoderTable(golden.config as { dim: number }, 'enc');
  const error = await withTree<EncoderWeights>(table, golden.params, async (weights) =>
    Math.max(
      await compareImage(() => runEncoder(weights, x), golden.tensor('out.h')),
      await compareImage(() => tf.add(runEncoder(weights, x), noise), golden.tensor('out.z')),
    ),
  );
  tf.dispose([x, noise]);
  return error;
}

async function unitDecoderCase(golden: Golden): Promise<number> {
  const [code, noise] = ['in.h', 'in.noise'].map((name) => image(golden.tensor(name)));
  const table = decoderTable(golden.config as { dim: number });
  const error = await withTree<DecoderWeights>(table, golden.params, async (weights) =>
    Math.max(
      await compareImage(() => runDecoder(weights, code), golden.tensor('out.eval')),
      await compareImage(() => runDecoder(weights, tf.add(code, noise)), golden.tensor('out.noise')),
    ),
  );
  tf.dispose([code, noise]);
  return error;
}

async function contentEncoderCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table = encoderTable(golden.config as { dim: number }, 'enc_content');
  const error = await withTree<EncoderWeights>(table, golden.params, (weights) =>
    compareImage(() => runEncoder(weights, x), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

async function styleEncoderCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table = styleEncoderTable(golden.config as unknown as StyleConfig);
  const error = await withTree<StyleEncoderWeights>(table, golden.params, (weights) =>
    compareNumbers(() => runStyleEncoder(weights, x), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

/** [b, n, 1, 1] or [b, n]. */
const vectors = ({ shape, data }: NamedTensor) => tf.tensor2d(data, [shape[0], shape[1]]);

async function styleNetworkCase(golden: Golden): Promise<number> {
  const style = vectors(golden.tensor('in.s'));
  const table = styleNetworkTable(golden.config as unknown as StyleConfig);
  const error = await withTree<StyleNetworkWeights>(table, golden.params, (weights) =>
    compareNumbers(() => runStyleNetwork(weights, style), golden.tensor('out')),
  );
  style.dispose();
  return error;
}

/** With scales of 1 and shifts of 0 it is UNIT's. */
async function munitDecoderCase(golden: Golden): Promise<number> {
  const config = golden.config as unknown as StyleConfig;
  const code = image(golden.tensor('in.c'));
  const style = vectors(golden.tensor('in.s'));
  const table = [...decoderTable(config), ...styleNetworkTable(config)];
  type Weights = DecoderWeights & StyleNetworkWeights;
  const error = await withTree<Weights>(table, golden.params, async (weights) =>
    Math.max(
      await compareImage(() => decodeWithStyle(weights, code, style), golden.tensor('out')),
      await compareNumbers(() => runStyleNetwork(weights, style), golden.tensor('out.adain')),
      await compareImage(() => runDecoder(weights, code), golden.tensor('out.identity')),
    ),
  );
  tf.dispose([code, style]);
  return error;
}

async function multiScaleCase(golden: Golden): Promise<number> {
  const [x, real] = ['in.x', 'in.real'].map((name) => image(golden.tensor(name)));
  const { dim, num_scales: scales } = golden.config as { dim: number; num_scales: number };
  const table = multiScaleDiscriminatorTable({ dim, scales });
  const error = await withTree<MultiScaleWeights>(table, golden.params, async (weights) => {
    const loss = (image: tf.Tensor4D, wanted: 0 | 1) =>
      tf.addN(runMultiScaleDiscriminator(weights, image).map((logits) => leastSquares(logits, wanted)));
    const { value, gradients } = valueAndGradients(() => loss(x, 1) as tf.Scalar, [x]);
    const errors = [
      await compareImage(() => averageDown(x), golden.tensor('out.down1')),
      await compareImage(() => averageDown(averageDown(x)), golden.tensor('out.down2')),
      await compareNumbers(() => loss(x, 1), golden.tensor('out.loss_gen')),
      await compareNumbers(() => tf.add(loss(x, 0), loss(real, 1)), golden.tensor('out.loss_dis')),
      await compareImage(() => tf.clone(gradients[0]) as tf.Tensor4D, golden.tensor('grad.x')),
    ];
    for (let scale = 0; scale < scales; scale++)
      errors.push(
        await compareImage(
          () => runMultiScaleDiscriminator(weights, x)[scale],
          golden.tensor(`out.scale${scale}`),
        ),
      );
    tf.dispose([value, ...gradients]);
    return Math.max(...errors);
  });
  tf.dispose([x, real]);
  return error;
}

async function layerNormCase(golden: Golden): Promise<number> {
  const t = new TableWriter('normal');
  layerNormRows(t, ['norm', ''], (golden.config as { channels: number }).channels);
  const table = unnamed(t.rows);
  const [x, small] = ['in.x', 'in.small'].map((name) => image(golden.tensor(name)));
  const error = await withTree<{ norm: Affine }>(table, golden.params, async (tree) =>
    Math.max(
      await compareImage(() => layerNorm(tree.norm, x), golden.tensor('out')),
      await compareImage(() => layerNorm(tree.norm, small), golden.tensor('out.small')),
      await gradientError(golden, table, tree, x, () => layerNorm(tree.norm, x)),
    ),
  );
  tf.dispose([x, small]);
  return error;
}

async function adainCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const [scale, shift] = ['in.w', 'in.b'].map((name) => {
    const { shape, data } = golden.tensor(name);
    return tf.tensor4d(data, [shape[0], 1, 1, shape[1]]);
  });
  const error = await compareImage(() => adaptiveInstanceNorm(x, scale, shift), golden.tensor('out'));
  tf.dispose([x, scale, shift]);
  return error;
}
