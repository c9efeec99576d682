/** The attention U-Net as nodes of a graph; `runAttentionUnet` (run.ts) is the same on tensors. */
import type { Image, Layers } from '../../onnx/layers';
import type { InGraph } from '../../onnx/weights';
import type { Conv } from '../parameters';
import type { AttentionUnetWeights } from './run';

/** One channel to one channel. */
export function attentionUnetGraph(layers: Layers, weights: InGraph<AttentionUnetWeights>, x: Image): Image {
  const normRelu = (v: Image) => layers.relu(layers.instanceNorm(v));
  const twoConvs = ({ conv0, conv1 }: InGraph<{ conv0: Conv; conv1: Conv }>, v: Image) =>
    normRelu(layers.conv(conv1, normRelu(layers.conv(conv0, v))));
  const skips: Image[] = [];
  let h = x;
  for (const [level, convs] of weights.down.entries()) {
    h = twoConvs(convs, level === 0 ? h : layers.maxPool2(h));
    skips.push(h);
  }
  for (let level = weights.up.length - 1; level >= 0; level--) {
    const { below, gate, ...convs } = weights.up[level];
    const up = normRelu(layers.conv(below, layers.naiveUp(h)));
    const both = layers.add(layers.conv(gate.below, up), layers.conv(gate.skip, skips[level]));
    const map = layers.sigmoid(layers.conv(gate.map, layers.relu(both)));
    h = twoConvs(convs, layers.concat([layers.multiply(skips[level], map), up]));
  }
  return layers.tanh(layers.conv(weights.output, h));
}
