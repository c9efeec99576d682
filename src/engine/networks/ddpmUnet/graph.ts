/** The denoising U-Net as nodes of a graph; `runDdpmUnet` (run.ts) is the same on tensors. */
import type { Image, Layers } from '../../onnx/layers';
import type { InGraph } from '../../onnx/weights';
import type { Affine } from '../parameters';
import type { DdpmUnetConfig } from './config';
import { type DdpmAttention, type DdpmResidual, type DdpmUnetWeights, ddpmFrequencies, EPSILON } from './run';

/**
 * @param x of in_channels, the noisy image first
 * @param t time of each image, [b], 0..999
 * @returns out_channels, the noise first
 */
export function ddpmUnetGraph(
  layers: Layers,
  { width, groups, scale_shift }: DdpmUnetConfig,
  weights: InGraph<DdpmUnetWeights>,
  x: Image,
  t: string,
): Image {
  const embedding = layers.timeEmbedding(t, ddpmFrequencies(width), width, ['Cos', 'Sin']);
  const inner = layers.siluOf(layers.dense(weights.time[0], embedding));
  const time = layers.siluOf(layers.dense(weights.time[1], inner));
  const norm = ({ weight, bias }: InGraph<Affine>, v: Image, then: 'silu' | 'none' = 'silu') =>
    layers.groupNorm(v, groups, EPSILON, weight.value, bias.value, then);

  const block = (b: InGraph<DdpmResidual>, v: Image): Image => {
    const first = layers.conv(b.conv0, norm(b.norm0, v));
    const told = layers.dense(b.time, time);
    const c = first.channels;
    const second = scale_shift
      ? scaledNorm(b.norm1, first, layers.part(told, 0, c), layers.part(told, c, 2 * c))
      : norm(b.norm1, layers.addToChannels(first, told));
    return layers.add(b.skip ? layers.conv(b.skip, v) : v, layers.conv(b.conv1, second));
  };

  /** Norm with scale and shift of its own, then n (1 + scale) + shift. */
  const scaledNorm = ({ weight, bias }: InGraph<Affine>, v: Image, scale: string, shift: string): Image => {
    const { graph } = layers;
    const more = graph.node('Add', [scale, graph.floats([1])]);
    const by = graph.node('Mul', [weight.value, more]);
    const plus = graph.node('Add', [graph.node('Mul', [bias.value, more]), shift]);
    return layers.groupNorm(v, groups, EPSILON, by, plus, 'silu');
  };

  /** qkv and out are stored as [out, in, 1]. */
  const attend = ({ norm: own, qkv, out }: InGraph<DdpmAttention>, v: Image): Image => {
    const c = v.channels;
    const project = ({ weight, bias }: typeof qkv, of: Image) => {
      const [cout, cin] = weight.shape;
      const shape = [cout, cin, 1, 1];
      const value = layers.graph.node('Reshape', [weight.value, layers.graph.ints(shape)]);
      return layers.conv({ weight: { value, shape }, bias }, of);
    };
    const all = project(qkv, norm(own, v, 'none'));
    const [query, key, value] = [0, 1, 2].map((n) => layers.rows(layers.channels(all, n * c, (n + 1) * c)));
    const mixed = layers.image(layers.attend(query, key, value, 1 / Math.sqrt(c)), v, c);
    return layers.add(v, project(out, mixed));
  };

  let h = layers.conv(weights.input, x);
  const kept = [h];
  for (const { residual, attention, then } of weights.down) {
    h = block(residual, h);
    if (attention) h = attend(attention, h);
    kept.push(h);
    if (!then) continue;
    h = layers.conv(then, h, 2, 1);
    kept.push(h);
  }
  h = block(weights.middle[0], h);
  h = block(weights.middle[1], attend(weights.middleAttention, h));
  for (const { residual, attention, then } of weights.up) {
    h = block(residual, layers.concat([h, kept.pop()!]));
    if (attention) h = attend(attention, h);
    if (then) h = layers.conv(then, layers.naiveUp(h));
  }
  return layers.conv(weights.output, norm(weights.outputNorm, h));
}
