/**
 * The networks' layers (networks/layers.ts, resample.ts, reflectPad.ts, selfAttention.ts) as nodes of a graph. What those compute is what these do;
 * their files say the formulas.
 */

import type { AdaptiveGroupNorm, Attention } from '../networks/layers';
import { groupsFor } from '../networks/layers';
import type { Affine, Conv, Dense } from '../networks/parameters';
import type { SelfAttention } from '../networks/selfAttention';
import type { Attribute, Graph } from './graph';
import type { InGraph, Weight } from './weights';

/**
 * straight: ONNX's own operators, any batch, as another framework's export would have them.
 * webgpu: for onnxruntime-web's WebGPU: one image a call, so that all shapes are known beforehand, and its own SiLU. Its 1.30 has no kernel for
 * com.microsoft.GroupNorm, in neither build, so that group norm is the same in both.
 */
export const GRAPH_KINDS = ['straight', 'webgpu'] as const;
export type GraphKind = (typeof GRAPH_KINDS)[number];

/** A value that holds images, [b, channels, height, width]. */
export interface Image {
  readonly value: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

type Activation = 'silu' | 'none';

const MICROSOFT = 'com.microsoft';
/** [1, 3, 3, 1] by itself, of sum 64. */
const FIR = [1, 3, 3, 1].flatMap((a) => [1, 3, 3, 1].map((b) => a * b));

export class Layers {
  private readonly batch: number | 'batch';

  constructor(
    readonly graph: Graph,
    private readonly kind: GraphKind,
  ) {
    this.batch = kind === 'webgpu' ? 1 : 'batch';
  }

  /** An input of the graph, [b, 1, side, side]. */
  imageInput(name: string, side: number, text: string): Image {
    const value = this.graph.input({ name, shape: [this.batch, 1, side, side], text });
    return { value, channels: 1, height: side, width: side };
  }

  /** [b, length], or [b] where no length is given. */
  vectorInput(name: string, length: number | null, text: string): string {
    return this.graph.input({ name, shape: length === null ? [this.batch] : [this.batch, length], text });
  }

  /** One channel as an output of the graph, [b, 1, h, w]. */
  imageOutput(name: string, { value, height, width }: Image, text: string): void {
    this.graph.output(value, { name, shape: [this.batch, 1, height, width], text });
  }

  // Vectors, [b, n].

  /** y = x W^T + b by the authors' [out, in]. */
  dense({ weight, bias }: InGraph<Dense>, x: string): string {
    return this.node('Gemm', [x, weight.value, bias.value], { transB: 1 });
  }

  siluOf(x: string): string {
    if (this.kind === 'webgpu')
      return this.graph.nodeOf('QuickGelu', [x], { alpha: { float: 1 } }, { domain: MICROSOFT })[0];
    return this.node('Mul', [x, this.node('Sigmoid', [x])]);
  }

  /** Sines and cosines of t, [b], by these frequencies: [b, dim]; an odd dim ends with a zero. */
  timeEmbedding(
    t: string,
    frequencies: Float32Array,
    dim: number,
    order: readonly ('Sin' | 'Cos')[],
  ): string {
    const half = frequencies.length;
    const angle = this.node('Mul', [
      this.reshape(t, [-1, 1]),
      this.graph.floats([...frequencies], [1, half]),
    ]);
    const waves = order.map((wave) => this.node(wave, [angle]));
    const joined = this.node('Concat', waves, { axis: 1 });
    return dim % 2 === 0 ? joined : this.node('Pad', [joined, this.graph.ints([0, 0, 0, 1])]);
  }

  /** [1, length], for all images of a batch. */
  zeros(length: number): string {
    return this.graph.floats(Array(length).fill(0), [1, length]);
  }

  pixelNorm(z: string): string {
    const mean = this.node('ReduceMean', [this.node('Mul', [z, z])], { axes: [1] });
    return this.node('Div', [z, this.node('Sqrt', [this.plus(mean, 1e-8)])]);
  }

  /** Numbers begin..end of each vector. */
  part(x: string, begin: number, end: number): string {
    const at = [[begin], [end], [1]].map((one) => this.graph.ints(one));
    return this.node('Slice', [x, ...at]);
  }

  // Images.

  /** Convolution with zeros around: `pad` on every side, or [top, left, bottom, right]. */
  conv(
    { weight, bias }: InGraph<Conv>,
    x: Image,
    stride = 1,
    pad: number | readonly number[] = (weight.shape[2] - 1) / 2,
  ): Image {
    return this.convolved('Conv', weight, bias, x, weight.shape[0], stride, pad);
  }

  /** PyTorch's ConvTranspose2d(3, stride 2, padding 1, output_padding 1). */
  convTranspose({ weight, bias }: InGraph<Conv>, x: Image): Image {
    const more = { output_padding: [1, 1] };
    return this.convolved('ConvTranspose', weight, bias, x, weight.shape[1], 2, 1, more);
  }

  private convolved(
    op: 'Conv' | 'ConvTranspose',
    weight: Weight,
    bias: Weight | undefined,
    x: Image,
    channels: number,
    stride: number,
    pad: number | readonly number[],
    more: Record<string, Attribute> = {},
  ): Image {
    const pads = typeof pad === 'number' ? [pad, pad, pad, pad] : pad;
    const kernel = weight.shape.slice(2);
    const [height, width] = [x.height, x.width].map((side, axis) =>
      op === 'ConvTranspose'
        ? side * stride
        : Math.floor((side + pads[axis] + pads[axis + 2] - kernel[axis]) / stride) + 1,
    );
    const attributes = { kernel_shape: kernel, strides: [stride, stride], pads, ...more };
    const inputs = bias ? [weight.value, bias.value] : [weight.value];
    return { channels, height, width, value: this.node(op, [x.value, ...inputs], attributes) };
  }

  silu(x: Image): Image {
    return { ...x, value: this.siluOf(x.value) };
  }

  relu(x: Image): Image {
    return this.each('Relu', x);
  }

  tanh(x: Image): Image {
    return this.each('Tanh', x);
  }

  sigmoid(x: Image): Image {
    return this.each('Sigmoid', x);
  }

  add(a: Image, b: Image): Image {
    return { ...a, value: this.node('Add', [a.value, b.value]) };
  }

  /** Where b has one channel, all of a are multiplied by it. */
  multiply(a: Image, b: Image): Image {
    return { ...a, value: this.node('Mul', [a.value, b.value]) };
  }

  scaled(x: Image, by: number, plus = 0): Image {
    const value = this.node('Mul', [x.value, this.graph.floats([by])]);
    return { ...x, value: plus === 0 ? value : this.plus(value, plus) };
  }

  rescaledSum(a: Image, b: Image): Image {
    return this.scaled(this.add(a, b), Math.SQRT1_2);
  }

  /** Adds a number a channel, [b, c] or [c]. */
  addToChannels(x: Image, vector: string): Image {
    return { ...x, value: this.node('Add', [x.value, this.perChannel(vector, x.channels)]) };
  }

  concat(images: readonly Image[]): Image {
    const channels = images.reduce((sum, image) => sum + image.channels, 0);
    const value = this.node(
      'Concat',
      images.map((image) => image.value),
      { axis: 1 },
    );
    return { ...images[0], channels, value };
  }

  /** Channels begin..end. */
  channels(x: Image, begin: number, end: number): Image {
    const channels = end - begin;
    if (channels === x.channels) return x;
    return { ...x, channels, value: this.part(x.value, begin, end) };
  }

  /** Group norm, scale and shift of each channel, [b, c] or [c], then the activation. */
  groupNorm(
    x: Image,
    groups: number,
    epsilon: number,
    scale: string,
    shift: string,
    then: Activation = 'none',
  ): Image {
    const normal = this.plainNorm(x, groups, epsilon);
    const by = this.node('Mul', [normal.value, this.perChannel(scale, x.channels)]);
    const scaled = { ...x, value: this.node('Add', [by, this.perChannel(shift, x.channels)]) };
    return then === 'silu' ? this.silu(scaled) : scaled;
  }

  /** Without scale and shift. */
  private plainNorm(x: Image, groups: number, epsilon: number): Image {
    const attributes = { epsilon: { float: epsilon } };
    const ones = this.graph.floats(new Array(groups).fill(1));
    const zeros = this.graph.floats(new Array(groups).fill(0));
    const normal = (value: string) => this.node('InstanceNormalization', [value, ones, zeros], attributes);
    if (groups === x.channels) return { ...x, value: normal(x.value) };
    return this.shaped(normal(this.reshape(x.value, [0, groups, -1])), x);
  }

  instanceNorm(x: Image): Image {
    return this.plainNorm(x, x.channels, 1e-5);
  }

  affineGroupNorm({ weight, bias }: InGraph<Affine>, x: Image, then: Activation = 'none'): Image {
    return this.groupNorm(x, groupsFor(x.channels), 1e-6, weight.value, bias.value, then);
  }

  adaptiveGroupNorm({ style }: InGraph<AdaptiveGroupNorm>, x: Image, z: string, then: Activation): Image {
    const both = this.dense(style, z);
    const [scale, shift] = [0, 1].map((n) => this.part(both, n * x.channels, (n + 1) * x.channels));
    return this.groupNorm(x, groupsFor(x.channels), 1e-6, scale, shift, then);
  }

  /** MUNIT's. */
  layerNorm({ weight, bias }: InGraph<Affine>, x: Image): Image {
    const count = x.channels * x.height * x.width;
    const flat = this.reshape(x.value, [0, count]);
    const mean = (value: string) => this.node('ReduceMean', [value], { axes: [1] });
    const centred = this.node('Sub', [flat, mean(flat)]);
    const variance = this.node('Mul', [
      mean(this.node('Mul', [centred, centred])),
      this.graph.floats([count / (count - 1)]),
    ]);
    const normal = this.node('Div', [centred, this.plus(this.node('Sqrt', [variance]), 1e-5)]);
    const scale = this.perChannel(weight.value, x.channels);
    const by = this.node('Mul', [this.shaped(normal, x).value, scale]);
    return this.addToChannels({ ...x, value: by }, bias.value);
  }

  firUp(x: Image): Image {
    return this.fir('ConvTranspose', x, 2 * x.height, 2 * x.width, 16, 2, 1);
  }

  firDown(x: Image): Image {
    return this.fir('Conv', x, x.height / 2, x.width / 2, 64, 2, 1);
  }

  /** At full rate; the image grows by one pixel. */
  firSmooth(x: Image): Image {
    return this.fir('Conv', x, x.height + 1, x.width + 1, 64, 1, 2);
  }

  private fir(
    op: 'Conv' | 'ConvTranspose',
    x: Image,
    height: number,
    width: number,
    sum: number,
    stride: number,
    pad: number,
  ): Image {
    const { channels } = x;
    const values = new Array(channels).fill(FIR.map((v) => v / sum)).flat();
    const kernel = this.graph.floats(values, [channels, 1, 4, 4]);
    const attributes = {
      kernel_shape: [4, 4],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group: channels,
    };
    return { channels, height, width, value: this.node(op, [x.value, kernel], attributes) };
  }

  /** Nearest-neighbour up by 2. */
  naiveUp(x: Image): Image {
    const scales = this.graph.floats([1, 1, 2, 2]);
    const value = this.node('Resize', [x.value, '', scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
    return { ...x, value, height: 2 * x.height, width: 2 * x.width };
  }

  /** Mean of 2x2 pixels. */
  naiveDown(x: Image): Image {
    return this.pooled('AveragePool', x);
  }

  maxPool2(x: Image): Image {
    return this.pooled('MaxPool', x);
  }

  private pooled(op: string, x: Image): Image {
    const value = this.node(op, [x.value], { kernel_shape: [2, 2], strides: [2, 2] });
    return { ...x, value, height: x.height / 2, width: x.width / 2 };
  }

  reflectPad(x: Image, n: number): Image {
    const pads = this.graph.ints([0, 0, n, n, 0, 0, n, n]);
    const value = this.node('Pad', [x.value, pads], { mode: 'reflect' });
    return { ...x, value, height: x.height + 2 * n, width: x.width + 2 * n };
  }

  // Attention.

  /** All positions in a row, [b, h w, c]. */
  rows(x: Image): string {
    return this.node('Transpose', [this.reshape(x.value, [0, x.channels, -1])], { perm: [0, 2, 1] });
  }

  /** Rows as an image of these sides again. */
  image(rows: string, { height, width }: Image, channels: number): Image {
    const turned = this.node('Transpose', [rows], { perm: [0, 2, 1] });
    return this.shaped(turned, { channels, height, width });
  }

  /** softmax(q k^T scale) v on [b, positions, c]. */
  attend(query: string, key: string, value: string, scale = 1): string {
    const products = this.node('MatMul', [query, this.node('Transpose', [key], { perm: [0, 2, 1] })]);
    const scores = scale === 1 ? products : this.node('Mul', [products, this.graph.floats([scale])]);
    return this.node('MatMul', [this.node('Softmax', [scores], { axis: -1 }), value]);
  }

  /** NCSN++'s. */
  attention(weights: InGraph<Attention>, x: Image): Image {
    const rows = this.rows(this.affineGroupNorm(weights.norm, x));
    // Stored as [in, out].
    const project = ({ weight, bias }: InGraph<Dense>, of: string) =>
      this.node('Add', [this.node('MatMul', [of, weight.value]), bias.value]);
    const mixed = this.attend(
      project(weights.query, rows),
      project(weights.key, rows),
      project(weights.value, rows),
      1 / Math.sqrt(x.channels),
    );
    return this.rescaledSum(x, this.image(project(weights.out, mixed), x, x.channels));
  }

  /** SAGAN's. */
  selfAttention(weights: InGraph<SelfAttention>, x: Image, pooled: boolean): Image {
    const pool = (of: Image) => (pooled ? this.maxPool2(of) : of);
    const value = this.conv(weights.value, x);
    const mixed = this.attend(
      this.rows(this.conv(weights.query, x)),
      this.rows(pool(this.conv(weights.key, x))),
      this.rows(pool(value)),
    );
    const out = this.conv(weights.out, this.image(mixed, x, value.channels));
    const share = { ...out, value: this.node('Mul', [out.value, weights.gamma.value]) };
    return this.add(x, share);
  }

  private node(op: string, inputs: readonly string[], attributes?: Record<string, Attribute>): string {
    return this.graph.node(op, inputs, attributes);
  }

  private each(op: string, x: Image): Image {
    return { ...x, value: this.node(op, [x.value]) };
  }

  private plus(x: string, number: number): string {
    return this.node('Add', [x, this.graph.floats([number])]);
  }

  private reshape(x: string, shape: readonly number[]): string {
    return this.node('Reshape', [x, this.graph.ints(shape)]);
  }

  private shaped(value: string, { channels, height, width }: Omit<Image, 'value'>): Image {
    return { value: this.reshape(value, [0, channels, height, width]), channels, height, width };
  }

  private perChannel(vector: string, channels: number): string {
    return this.reshape(vector, [-1, channels, 1, 1]);
  }
}
