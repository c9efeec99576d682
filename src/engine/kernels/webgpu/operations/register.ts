/** Makes the kernels of this folder known to TensorFlow.js's WebGPU backend; own.ts says whether they are used. */
import * as tf from '../../../tf';
import { type GpuOperation, owns } from '../../own';
import type { Fir } from '../../wasm/operations/linear';
import type { Attributes, Infos } from '../../wasm/operations/operation';
import { infoOf } from '../../wasm/register';
import { dataGradient } from './dataGradient';
import { dense, denseBack, denseFilterBack } from './dense';
import { filterGradient } from './filterGradient';
import { fir } from './fir';
import { norm, normBack } from './norm';
import { addToChannels, leakyBack, scaled, silu, siluBack, sum } from './pointwise';
import { reflect } from './reflect';
import { sumsOfChannels } from './sums';

type Run = (inputs: Infos, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[];

/** By the names of wasm/operations/, whose gradients they share. */
const OPERATIONS: Readonly<Record<string, Run>> = {
  OwnNorm: norm,
  OwnAffineNorm: norm,
  OwnStyleNorm: norm,
  OwnNormBack: normBack,
  OwnScaled: ({ x }, { by }) => scaled(x, by as number),
  OwnSum: ({ a, b }, { byA, byB }) => sum(a, b, byA as number, byB as number),
  OwnSilu: ({ x }) => silu(x),
  OwnSiluBack: ({ dy, x }) => siluBack(dy, x),
  OwnLeakyRelu: ({ x }, { slope }) => leakyBack(x, x, slope as number),
  OwnLeakyReluBack: ({ dy, x }, { slope }) => leakyBack(dy, x, slope as number),
  OwnAddToChannels: ({ x, bias }) => addToChannels(x, bias),
  OwnChannelSums: ({ x }, { batch, by, shape }) =>
    sumsOfChannels(x, batch as number, by as number, shape as number[]),
  // TensorFlow.js's with the bias in it; the gradients are those of its own kernels.
  OwnConv2D: ({ x, filter, bias }, { strides, pad }) => {
    const { kernelFunc } = tf.getKernel('FusedConv2D', 'webgpu');
    const attrs = { strides, pad, dataFormat: 'NHWC', dilations: 1, activation: 'linear' };
    return kernelFunc({
      inputs: { x, filter, bias },
      attrs: attrs as unknown as tf.NamedAttrMap,
      backend: tf.backend(),
    }) as tf.TensorInfo;
  },
  OwnDense: ({ x, weight, bias }) => dense(x, weight, bias),
  OwnDenseBack: ({ dy, weight }) => denseBack(dy, weight),
  OwnDenseFilterBack: ({ x, dy }) => denseFilterBack(x, dy),
  OwnReflectPad: ({ x }, { n, isFold }) => reflect(x, n as number, isFold as boolean),
  OwnFir: ({ x }, { kind, gain }) => fir(x, kind as Fir, gain as number),
};

export function registerGpuOperations(): void {
  for (const [kernelName, run] of Object.entries(OPERATIONS)) {
    if (tf.getKernel(kernelName, 'webgpu')) continue;
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) =>
      run(inputs as Infos, (attrs ?? {}) as Attributes);
    tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc });
  }
  replace('Conv2DBackpropFilter', 'filterGradient', ({ x, dy }, attrs) =>
    filterGradient(x, dy, infoOf(x.shape, attrs.filterShape as number[], attrs)),
  );
  replace('Conv2DBackpropInput', 'dataGradient', ({ dy, filter }, attrs) =>
    dataGradient(dy, filter, infoOf(attrs.inputShape as number[], filter.shape, attrs)),
  );
}

/** Put in here: they are not wrapped twice. */
const placed = new WeakSet<tf.KernelFunc>();

/** In the place of a kernel of TensorFlow.js, which goes on with what is dilated. */
function replace(
  name: string,
  operation: GpuOperation,
  own: (inputs: Infos, attributes: Attributes) => tf.TensorInfo,
): void {
  const plain = tf.getKernel(name, 'webgpu');
  if (placed.has(plain.kernelFunc)) return;
  const kernelFunc: tf.KernelFunc = (call) => {
    const attrs = call.attrs as Attributes;
    const isCovered = owns(operation) && String(attrs.dilations ?? 1).replaceAll(/[1,]/g, '') === '';
    return isCovered ? own(call.inputs as Infos, attrs) : plain.kernelFunc(call);
  };
  placed.add(kernelFunc);
  tf.unregisterKernel(name, 'webgpu');
  tf.registerKernel({ ...plain, kernelFunc });
}
