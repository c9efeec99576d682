/** Convolutions and dense layers with their bias, and what is added to or summed over channels. First derivatives alone. */
import * as tf from '../../../tf';
import { convolution } from '../convolution';
import { coversTurned, MANY_ROWS, multiply, multiplyTurned } from '../matMul';
import { operation, outputOf } from './operation';

const sums = /* @__PURE__ */ operation({
  name: 'OwnChannelSums',
  run(kernels, { x }, attributes) {
    const { batch, isOne, by, shape } = attributes as {
      batch: number;
      isOne: boolean;
      by: number;
      shape: number[];
    };
    const c = x.shape[x.shape.length - 1];
    const out = outputOf(kernels, shape);
    const pixels = tf.util.sizeFromShape(x.shape) / (batch * c);
    const work = kernels.workspace(8 * c);
    kernels.run.channelSums(
      ...[kernels.addressOf(x), batch, pixels, c, Number(isOne), by, kernels.addressOf(out), work],
    );
    return out;
  },
});

/** Sums over everything but the last axis, as a tensor of this shape. */
const sumsOf = (x: tf.Tensor, shape: number[]): tf.Tensor =>
  sums.run({ x }, { batch: 1, isOne: true, by: 1, shape });

/** Mean over all positions, [b, h, w, c] -> [b, 1, c]; without a derivative. */
export function ownMeanOverPositions(x: tf.Tensor4D): tf.Tensor3D {
  const [b, h, w, c] = x.shape;
  return sums.run({ x }, { batch: b, isOne: false, by: 1 / (h * w), shape: [b, 1, c] });
}

const addChannels = /* @__PURE__ */ operation({
  name: 'OwnAddToChannels',
  run(kernels, { x, bias }) {
    const [b, h, w, c] = x.shape;
    const out = outputOf(kernels, x.shape);
    const [from, add, to] = [x, bias, out].map((tensor) => kernels.addressOf(tensor));
    const step = tf.util.sizeFromShape(bias.shape) === c ? 0 : 4 * c;
    kernels.run.addChannels(from, b, h * w, c, add, step, to);
    return out;
  },
  gradient: {
    inputs: [],
    of: (dy, _, attributes) => ({
      x: () => dy,
      bias: () => {
        const { shape } = attributes as { shape: number[] };
        const isOne = tf.util.sizeFromShape(shape) === dy.shape[3];
        return sums.run({ x: dy }, { batch: isOne ? 1 : dy.shape[0], isOne, by: 1, shape });
      },
    }),
  },
});

/** [b, h, w, c] and c numbers, or c for each image, of any shape. */
export const ownAddToChannels = (x: tf.Tensor4D, bias: tf.Tensor): tf.Tensor4D =>
  addChannels.run({ x, bias }, { shape: bias.shape });

type Shape4 = [number, number, number, number];

const conv = /* @__PURE__ */ operation({
  name: 'OwnConv2D',
  run(kernels, { x, filter, bias }, attributes) {
    const { strides, pad } = attributes as { strides: number; pad: number };
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as Shape4,
      filter.shape as Shape4,
      strides,
      1,
      pad,
    );
    return convolution(kernels, x, filter, info, bias);
  },
  gradient: {
    inputs: ['x', 'filter'],
    of(dy, [x, filter], { strides, pad }) {
      const shared = { strides, pad, dataFormat: 'NHWC', dimRoundingMode: undefined };
      const run = (name: string, inputs: Record<string, tf.Tensor>, own: object) =>
        tf.engine().runKernel(name, inputs, { ...shared, ...own } as unknown as tf.NamedAttrMap) as tf.Tensor;
      return {
        x: () => run('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }),
        filter: () => run('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }),
        bias: () => sumsOf(dy, [dy.shape[3]!]),
      };
    },
  },
});

/** With a bias, of any kernel, one stride and zeros about. */
export const ownConv2d = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  strides: number,
  pad: number,
): tf.Tensor4D => conv.run({ x, filter, bias }, { strides, pad });

const denseBack = /* @__PURE__ */ operation({
  name: 'OwnDenseBack',
  run(kernels, { dy, weight }) {
    const [rows, n] = dy.shape;
    const k = weight.shape[0];
    const out = outputOf(kernels, [rows, k]);
    const [from, w, to] = [dy, weight, out].map((tensor) => kernels.addressOf(tensor));
    if (rows < MANY_ROWS) kernels.run.denseBack(from, rows, k, n, w, to);
    else multiply(kernels, from, { address: w, rowStep: 4, columnStep: 4 * n }, to, { rows, k: n, n: k });
    return out;
  },
});

const denseFilterBack = /* @__PURE__ */ operation({
  name: 'OwnDenseFilterBack',
  run(kernels, { x, dy }) {
    const [rows, k] = x.shape;
    const n = dy.shape[1];
    const out = outputOf(kernels, [k, n]);
    const [from, slopes, to] = [x, dy, out].map((tensor) => kernels.addressOf(tensor));
    if (rows < MANY_ROWS || !coversTurned(k, n)) kernels.run.denseFilterBack(from, slopes, rows, k, n, to);
    else multiplyTurned(kernels, from, slopes, to, { rows, k, n });
    return out;
  },
});

const dense = /* @__PURE__ */ operation({
  name: 'OwnDense',
  run(kernels, { x, weight, bias }) {
    const [rows, k] = x.shape;
    const n = weight.shape[1];
    const out = outputOf(kernels, [rows, n]);
    const [from, w, b, to] = [x, weight, bias, out].map((tensor) => kernels.addressOf(tensor));
    if (rows < MANY_ROWS) kernels.run.denseRows(from, rows, k, n, w, b, to);
    else multiply(kernels, from, { address: w, rowStep: 4 * n, columnStep: 4 }, to, { rows, k, n }, b);
    return out;
  },
  gradient: {
    inputs: ['x', 'weight'],
    of: (dy, [x, weight]) => ({
      x: () => denseBack.run({ dy, weight }),
      weight: () => denseFilterBack.run({ x, dy }),
      bias: () => sumsOf(dy, [dy.shape[1]!]),
    }),
  },
});

/** x W + b on [rows, k]. */
export const ownDense = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  dense.run({ x, weight, bias });
