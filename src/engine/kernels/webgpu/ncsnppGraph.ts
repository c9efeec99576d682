/** The diffusive generator as a graph of fused kernels; `networks/ncsnpp/run.ts` is the same network in plain operations. */
import { type Attention, groupsFor } from '../../networks/layers';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import type { NcsnppWeights, ResidualBlock } from '../../networks/ncsnpp/run';
import type { Affine, Conv } from '../../networks/parameters';
import { type BuilderOptions, GraphBuilder, type Image, type Norm } from './builder';
import type { Graph } from './graph';

const EPSILON = 1e-6;

export interface NetworkShape {
  batch: number;
  height: number;
  width: number;
  /** Channels of each image that is given, and how many of the output are wanted. */
  inputs: readonly number[];
  outputs: number;
}

/** @param weights only shapes are looked at, until the graph's blocks are filled */
export function ncsnppGraph(
  config: GeneratorConfig,
  weights: NcsnppWeights,
  { batch, height, width, inputs, outputs }: NetworkShape,
  options: Omit<BuilderOptions, 'batch'>,
): Graph {
  const g = new GraphBuilder({ ...options, batch });
  const { fir } = config;
  g.conditions(weights.style.at(-1)!.bias.size, weights.time[1].bias.size);
  const channelsOut = (conv: Conv) => conv.weight.shape[3];

  const affineNorm = (image: Image, { weight, bias }: Affine): Norm => {
    const layout = [image.channels];
    const [gamma, beta] = [g.constant([weight], layout), g.constant([bias], layout)];
    return g.norm([image], groupsFor(image.channels), EPSILON, gamma, beta);
  };
  const styledNorm = (images: readonly Image[], { style }: { style: ResidualBlock['time'] }): Norm => {
    const layout = images.map(({ channels }) => channels);
    const channels = layout.reduce((a, b) => a + b, 0);
    const [gamma, beta] = [
      g.conditioned('style', style, 0, layout),
      g.conditioned('style', style, channels, layout),
    ];
    return g.norm(images, groupsFor(channels), EPSILON, gamma, beta);
  };

  const residualBlock = (
    block: ResidualBlock,
    images: readonly Image[],
    kind: 'up' | 'down' | null,
  ): Image => {
    const norm0 = styledNorm(images, block.norm0);
    const channels = channelsOut(block.conv0);
    const starts = images.map((_, i) =>
      images.slice(0, i).reduce((total, image) => total + image.channels, 0),
    );
    const resampled = kind && g.resample(kind, fir, images[0], norm0);
    const skips = resampled ? [resampled.raw] : images;
    const { height, width } = skips[0];
    const out = { height, width, channels };
    const bias = (conv: Conv) => (conv.bias ? [conv.bias] : []);
    const main = resampled
      ? [{ image: resampled.activated, weights: [block.conv0.weight] }]
      : images.map((image, i) => ({
          image,
          norm: norm0,
          normPart: i,
          activate: true,
          weights: [block.conv0.weight],
          from: starts[i],
        }));
    const time = g.conditioned('time', block.time, 0, [channels], bias(block.conv0));
    const h = g.convolution('conv0', main, out, time, { statistics: true });
    const norm1 = 'style' in block.norm1 ? styledNorm([h], block.norm1) : affineNorm(h, block.norm1);
    const last = { image: h, norm: norm1, activate: true, weights: [block.conv1.weight] };
    const { skip } = block;
    const scaled = { scale: Math.SQRT1_2, statistics: true };
    if (!skip)
      return g.convolution('conv1', [last], out, g.constant(bias(block.conv1), [channels]), {
        ...scaled,
        residual: skips[0],
      });
    const rows = skips.map((image, i) => ({
      image,
      kernel: 1 as const,
      weights: [skip.weight],
      from: starts[i],
    }));
    const biases = g.constant([...bias(block.conv1), ...bias(skip)], [channels]);
    return g.convolution('conv1 and skip', [last, ...rows], out, biases, scaled);
  };

  const attend = ({ norm, query, key, value, out }: Attention, image: Image): Image => {
    const { height, width, channels } = image;
    const part = { image, kernel: 1 as const, norm: affineNorm(image, norm) };
    const three = [query, key, value];
    const qkv = g.convolution(
      'query, key, value',
      [{ ...part, weights: three.map(({ weight }) => weight) }],
      { height, width, channels: 3 * 4 * Math.ceil(channels / 4) },
      g.constant(
        three.map(({ bias }) => bias),
        [channels, channels, channels],
        true,
      ),
    );
    const mixed = g.attention(qkv, channels);
    return g.convolution(
      'attention out',
      [{ image: mixed, kernel: 1, weights: [out.weight] }],
      image,
      g.constant([out.bias], [channels]),
      { residual: image, scale: Math.SQRT1_2, statistics: true },
    );
  };

  // Encoder.
  const plain = (image: Image, conv: Conv) => ({ image, weights: [conv.weight] });
  const biasOf = (conv: Conv) => g.constant(conv.bias ? [conv.bias] : [], [channelsOut(conv)]);
  const input = g.input(inputs, height, width, config.centered ? 1 : 2, config.centered ? 0 : -1);
  let pyramid = input;
  let h = g.convolution(
    'input',
    [plain(input, weights.input)],
    { height, width, channels: channelsOut(weights.input) },
    biasOf(weights.input),
    { statistics: true },
  );
  const kept = [h];
  for (const level of weights.down) {
    for (const { residual, attention } of level.blocks) {
      h = residualBlock(residual, [h], null);
      if (attention) h = attend(attention, h);
      kept.push(h);
    }
    if (!level.resample) break;
    h = residualBlock(level.resample, [h], 'down');
    if (level.pyramid) {
      const smooth = fir ? g.resample('smooth', true, pyramid).raw : pyramid;
      h = pyramid = g.convolution(
        'pyramid',
        [{ ...plain(smooth, level.pyramid), stride: 2, pad: 0 }],
        h,
        biasOf(level.pyramid),
        { residual: h, scale: Math.SQRT1_2, statistics: true },
      );
    }
    kept.push(h);
  }

  // Middle.
  h = residualBlock(weights.middle.before, [h], null);
  h = attend(weights.middle.attention, h);
  h = residualBlock(weights.middle.after, [h], null);

  // Decoder.
  const tanh = !config.not_use_tanh;
  const toImage = (conv: Conv, norm: Affine, last: boolean, residual?: Image) =>
    g.convolution(
      'to image',
      [{ ...plain(h, conv), norm: affineNorm(h, norm), activate: true }],
      { height: h.height, width: h.width, channels: channelsOut(conv) },
      biasOf(conv),
      { residual, tanh: tanh && last },
    );
  let output: Image | undefined;
  for (const [i, level] of [...weights.up].reverse().entries()) {
    for (const block of level.blocks) h = residualBlock(block, [h, kept.pop()!], null);
    if (level.attention) h = attend(level.attention, h);
    if (level.output) {
      const below = output && g.resample('up', fir, output).raw;
      output = toImage(level.output.conv, level.output.norm, i === weights.up.length - 1, below);
    }
    if (level.resample) h = residualBlock(level.resample, [h], 'up');
  }
  if (weights.head) output = toImage(weights.head.conv, weights.head.norm, true);
  return g.output(output!, outputs);
}
