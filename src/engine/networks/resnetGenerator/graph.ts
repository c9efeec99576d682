/** The ResNet generator as nodes of a graph; `runResnetGenerator` (run.ts) is the same on tensors. */
import type { Image, Layers } from '../../onnx/layers';
import type { InGraph } from '../../onnx/weights';
import type { ResnetGeneratorConfig } from './config';
import type { ResnetGeneratorWeights } from './run';

/** One channel to one channel. */
export function resnetGeneratorGraph(
  layers: Layers,
  weights: InGraph<ResnetGeneratorWeights>,
  x: Image,
  { attention_pooled }: Pick<ResnetGeneratorConfig, 'attention_pooled'>,
): Image {
  const normRelu = (v: Image) => layers.relu(layers.instanceNorm(v));
  let h = normRelu(layers.conv(weights.input, layers.reflectPad(x, 3), 1, 0));
  for (const conv of weights.down) h = normRelu(layers.conv(conv, h, 2, 1));
  for (const { conv0, conv1, attention } of weights.blocks) {
    const inner = normRelu(layers.conv(conv0, layers.reflectPad(h, 1), 1, 0));
    h = layers.add(h, layers.instanceNorm(layers.conv(conv1, layers.reflectPad(inner, 1), 1, 0)));
    if (attention) h = layers.selfAttention(attention, h, attention_pooled ?? true);
  }
  for (const conv of weights.up) h = normRelu(layers.convTranspose(conv, h));
  return layers.tanh(layers.conv(weights.output, layers.reflectPad(h, 3), 1, 0));
}
