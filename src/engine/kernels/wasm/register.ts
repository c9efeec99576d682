/** Our convolutions in the place of TensorFlow.js's wasm ones, for all that runs on it; what they do not cover goes to these. */
import * as tf from '../../tf';
import { convolution, dataGradient, filterGradient, isCovered } from './convolution';
import { type Kernels, ownKernels } from './kernels';
import { batchMatMul } from './matMul';

interface Attributes {
  strides: number | [number, number];
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dilations?: number | [number, number];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4 = [number, number, number, number];
type Call = { inputs: Record<string, tf.TensorInfo>; attrs: Record<string, unknown> };
/** null: not covered. */
type Own = (kernels: Kernels, call: Call) => tf.TensorInfo | null;

/** The kernels that were put in here: they are not wrapped twice. */
const placed = new WeakSet<tf.KernelFunc>();

export function registerOwnKernels(): void {
  replace('Conv2D', (kernels, { inputs: { x, filter }, attrs }) => {
    const info = infoOf(x.shape, filter.shape, attrs);
    return isCovered(info) ? convolution(kernels, x, filter, info) : null;
  });
  replace('FusedConv2D', (kernels, { inputs: { x, filter, bias, preluActivationWeights }, attrs }) => {
    if (attrs.activation !== 'linear' || preluActivationWeights || (bias && bias.shape.length !== 1))
      return null;
    const info = infoOf(x.shape, filter.shape, attrs);
    return isCovered(info) ? convolution(kernels, x, filter, info, bias) : null;
  });
  replace('Conv2DBackpropInput', (kernels, { inputs: { dy, filter }, attrs }) => {
    const info = infoOf(attrs.inputShape as number[], filter.shape, attrs);
    return isCovered(info) ? dataGradient(kernels, dy, filter, info) : null;
  });
  replace('Conv2DBackpropFilter', (kernels, { inputs: { x, dy }, attrs }) => {
    const info = infoOf(x.shape, attrs.filterShape as number[], attrs);
    return isCovered(info) ? filterGradient(kernels, x, dy, info) : null;
  });
  replace('BatchMatMul', (kernels, { inputs: { a, b }, attrs }) =>
    batchMatMul(kernels, a, b, attrs as { transposeA: boolean; transposeB: boolean }),
  );
  // TensorFlow.js copies, and clones all that a backward pass keeps.
  replace('Identity', ({ backend }, { inputs: { x } }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}

export function infoOf(x: readonly number[], filter: readonly number[], attrs: Record<string, unknown>) {
  const { strides, pad, dilations = 1, dimRoundingMode } = attrs as unknown as Attributes;
  return tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

function replace(kernelName: string, own: Own): void {
  const plain = tf.getKernel(kernelName, 'wasm');
  if (placed.has(plain.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = (call) => {
    const kernels = ownKernels();
    const made = kernels?.whole(() => own(kernels, call as unknown as Call));
    return made ?? plain.kernelFunc(call);
  };
  placed.add(kernelFunc);
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...plain, kernelFunc });
}
