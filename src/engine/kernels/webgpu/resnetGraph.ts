/** The ResNet generator R as a graph of fused kernels; `networks/resnetGenerator/run.ts` is the same network in plain operations. */
import type { Conv } from '../../networks/parameters';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import { type BuilderOptions, type ConvolutionPart, GraphBuilder, type Image } from './builder';
import type { Graph } from './graph';

const EPSILON = 1e-5;

export interface ResnetShape {
  batch: number;
  /** Multiples of 4. */
  height: number;
  width: number;
}

/** @param weights without self-attention; only shapes are looked at, until the graph's blocks are filled */
export function resnetGraph(
  weights: ResnetGeneratorWeights,
  { batch, height, width }: ResnetShape,
  options: Omit<BuilderOptions, 'batch'>,
): Graph {
  const g = new GraphBuilder({ ...options, batch });
  const bias = (conv: Conv, channels: number) => g.constant(conv.bias ? [conv.bias] : [], [channels]);
  const instanceNorm = (image: Image) => g.norm([image], image.channels, EPSILON);
  /** The norm and ReLU of what a convolution has made, as the next one reads it. */
  const normRelu = (image: Image): Pick<ConvolutionPart, 'image' | 'norm' | 'activate'> => ({
    image,
    norm: instanceNorm(image),
    activate: 'relu',
  });
  const convolution = (label: string, conv: Conv, part: Omit<ConvolutionPart, 'weights'>): Image => {
    const { height: h, width: w } = part.image;
    const [stride, channels] = [part.stride ?? 1, conv.weight.shape[3]];
    const out = { height: h / stride, width: w / stride, channels };
    return g.convolution(label, [{ ...part, weights: [conv.weight] }], out, bias(conv, channels), {
      statistics: true,
    });
  };

  const wide = { kernel: 7, pad: 3, reflect: true } as const;
  let h = convolution('input', weights.input, { image: g.input([1], height, width, 1, 0), ...wide });
  for (const conv of weights.down) h = convolution('down', conv, { ...normRelu(h), stride: 2 });
  let image = g.normed(h, instanceNorm(h), 'relu');
  for (const { conv0, conv1 } of weights.blocks) {
    const inner = convolution('conv0', conv0, { image, reflect: true });
    const outer = convolution('conv1', conv1, { ...normRelu(inner), reflect: true });
    image = g.normed(outer, instanceNorm(outer), false, image);
  }
  let part: Omit<ConvolutionPart, 'weights'> = { image };
  for (const conv of weights.up) {
    const { height: rows, width: columns } = part.image;
    const channels = conv.weight.shape[2];
    const biases = [conv.bias!, conv.bias!, conv.bias!, conv.bias!];
    const made = g.convolution(
      'up',
      [{ ...part, weights: [conv.weight] }],
      { height: 2 * rows, width: 2 * columns, channels },
      g.constant(
        biases,
        biases.map(() => channels),
        true,
      ),
      { transposed: true, statistics: true },
    );
    part = normRelu(made);
  }
  const { output } = weights;
  const out = g.convolution(
    'output',
    [{ ...part, ...wide, weights: [output.weight] }],
    { height, width, channels: 1 },
    bias(output, 1),
    { tanh: true },
  );
  return g.output(out, 1);
}
