/** Encoder and decoder of UNIT and MUNIT, and MUNIT's style, as nodes of a graph; run.ts and style.ts are the same on tensors. */
import type { Image, Layers } from '../../onnx/layers';
import type { InGraph } from '../../onnx/weights';
import type { Conv } from '../parameters';
import type { DecoderWeights, EncoderWeights } from './run';
import type { StyleNetworkWeights } from './style';

/** The norm of a decoder's residual block: its number of the eight, from 0. */
type BlockNorm = (x: Image, number: number) => Image;

/** One channel to the code. */
export function encoderGraph(layers: Layers, { encoder }: InGraph<EncoderWeights>, x: Image): Image {
  const normRelu = (v: Image) => layers.relu(layers.instanceNorm(v));
  let h = normRelu(layers.conv(encoder.input, layers.reflectPad(x, 3), 1, 0));
  for (const conv of encoder.down) h = normRelu(layers.conv(conv, layers.reflectPad(h, 1), 2, 0));
  return residual(layers, encoder.blocks, h, (v) => layers.instanceNorm(v));
}

/** The code to one channel. */
export function decoderGraph(
  layers: Layers,
  { decoder }: InGraph<DecoderWeights>,
  code: Image,
  norm: BlockNorm = (v) => layers.instanceNorm(v),
): Image {
  let h = residual(layers, decoder.blocks, code, norm);
  for (const { conv, norm: layer } of decoder.up) {
    const wider = layers.conv(conv, layers.reflectPad(layers.naiveUp(h), 2), 1, 0);
    h = layers.relu(layers.layerNorm(layer, wider));
  }
  return layers.tanh(layers.conv(decoder.output, layers.reflectPad(h, 3), 1, 0));
}

/** A decoder's norms by a style, [b, style_dim]: AdaIN with the numbers that a network makes of it, of each norm first its shifts. */
export function styleNormsGraph(
  layers: Layers,
  { mlp: [first, second, third] }: InGraph<StyleNetworkWeights>,
  style: string,
): BlockNorm {
  const relu = (v: string) => layers.graph.node('Relu', [v]);
  const numbers = layers.dense(third, relu(layers.dense(second, relu(layers.dense(first, style)))));
  return (x, number) => {
    const c = x.channels;
    const part = (at: number) => layers.part(numbers, at * c, (at + 1) * c);
    return layers.groupNorm(x, c, 1e-5, part(2 * number + 1), part(2 * number));
  };
}

function residual(
  layers: Layers,
  blocks: readonly InGraph<{ conv0: Conv; conv1: Conv }>[],
  x: Image,
  norm: BlockNorm,
): Image {
  return blocks.reduce((h, { conv0, conv1 }, n) => {
    const inner = layers.relu(norm(layers.conv(conv0, layers.reflectPad(h, 1), 1, 0), 2 * n));
    return layers.add(h, norm(layers.conv(conv1, layers.reflectPad(inner, 1), 1, 0), 2 * n + 1));
  }, x);
}
