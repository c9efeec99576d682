/** The diffusive generator as nodes of a graph; `runGenerator` (run.ts) is the same on tensors. */
import type { Image, Layers } from '../../onnx/layers';
import type { InGraph } from '../../onnx/weights';
import { timestepFrequencies } from '../layers';
import type { GeneratorConfig } from './config';
import type { NcsnppWeights, ResidualBlock } from './run';

/** What a network's blocks are told, [b, n] each. */
interface Told {
  /** Of the time, after its activation. */
  time: string;
  style: string;
}

/**
 * @param config of a positional embedding
 * @param x noisy target and source, of `num_channels` channels
 * @param t time index of each image, [b]
 * @param z latents [b, nz]
 * @returns `num_channels` channels, the first the estimate of x0
 */
export function generatorGraph(
  layers: Layers,
  config: GeneratorConfig,
  weights: InGraph<NcsnppWeights>,
  x: Image,
  t: string,
  z: string,
): Image {
  const style = weights.style.reduce(
    (h, layer) => layers.siluOf(layers.dense(layer, h)),
    layers.pixelNorm(z),
  );
  const width = config.num_channels_dae;
  const embedding = layers.timeEmbedding(t, timestepFrequencies(width), width, ['Sin', 'Cos']);
  const inner = layers.siluOf(layers.dense(weights.time[0], embedding));
  const told = { time: layers.siluOf(layers.dense(weights.time[1], inner)), style };
  const up = (v: Image) => (config.fir ? layers.firUp(v) : layers.naiveUp(v));
  const down = (v: Image) => (config.fir ? layers.firDown(v) : layers.naiveDown(v));
  const block = (b: InGraph<ResidualBlock>, v: Image, resampled?: (v: Image) => Image) =>
    residualBlockGraph(layers, b, v, told, resampled);

  const input = config.centered ? x : layers.scaled(x, 2, -1);
  let pyramid = input;
  let h = layers.conv(weights.input, input);
  const kept = [h];
  for (const level of weights.down) {
    for (const { residual, attention } of level.blocks) {
      h = block(residual, h);
      if (attention) h = layers.attention(attention, h);
      kept.push(h);
    }
    if (!level.resample) break;
    h = block(level.resample, h, down);
    if (level.pyramid) {
      const smaller = config.fir
        ? layers.conv(level.pyramid, layers.firSmooth(pyramid), 2, 0)
        : layers.conv(level.pyramid, pyramid, 2, [0, 0, 1, 1]);
      h = pyramid = layers.rescaledSum(smaller, h);
    }
    kept.push(h);
  }

  h = block(weights.middle.before, h);
  h = layers.attention(weights.middle.attention, h);
  h = block(weights.middle.after, h);

  let output: Image | null = null;
  for (const level of [...weights.up].reverse()) {
    for (const b of level.blocks) h = block(b, layers.concat([h, kept.pop()!]));
    if (level.attention) h = layers.attention(level.attention, h);
    if (level.output) {
      const { norm, conv } = level.output;
      const step = layers.conv(conv, layers.affineGroupNorm(norm, h, 'silu'));
      output = output ? layers.add(up(output), step) : step;
    }
    if (level.resample) h = block(level.resample, h, up);
  }

  if (weights.head)
    output = layers.conv(weights.head.conv, layers.affineGroupNorm(weights.head.norm, h, 'silu'));
  return config.not_use_tanh ? output! : layers.tanh(output!);
}

function residualBlockGraph(
  layers: Layers,
  block: InGraph<ResidualBlock>,
  x: Image,
  { time, style }: Told,
  resampled: (v: Image) => Image = (v) => v,
): Image {
  let h = resampled(layers.adaptiveGroupNorm(block.norm0, x, style, 'silu'));
  h = layers.addToChannels(layers.conv(block.conv0, h), layers.dense(block.time, time));
  h =
    'style' in block.norm1
      ? layers.adaptiveGroupNorm(block.norm1, h, style, 'silu')
      : layers.affineGroupNorm(block.norm1, h, 'silu');
  h = layers.conv(block.conv1, h);
  const skip = resampled(x);
  return layers.rescaledSum(block.skip ? layers.conv(block.skip, skip) : skip, h);
}
