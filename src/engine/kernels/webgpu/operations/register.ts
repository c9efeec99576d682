/** Makes the kernels of this folder known to TensorFlow.js's WebGPU backend; own.ts says whether they are used. */
import * as tf from '../../../tf';
import { owns } from '../../own';
import type { Fir } from '../../wasm/operations/linear';
import type { Attributes, Infos } from '../../wasm/operations/operation';
import { infoOf } from '../../wasm/register';
import { filterGradient } from './filterGradient';
import { fir } from './fir';
import { norm, normBack } from './norm';

type Run = (inputs: Infos, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[];

/** By the names of wasm/operations/, whose gradients they share. */
const OPERATIONS: Readonly<Record<string, Run>> = {
  OwnNorm: norm,
  OwnAffineNorm: norm,
  OwnStyleNorm: norm,
  OwnNormBack: normBack,
  OwnFir: ({ x }, { kind, gain }) => fir(x, kind as Fir, gain as number),
};

export function registerGpuOperations(): void {
  for (const [kernelName, run] of Object.entries(OPERATIONS)) {
    if (tf.getKernel(kernelName, 'webgpu')) continue;
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) =>
      run(inputs as Infos, (attrs ?? {}) as Attributes);
    tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc });
  }
  replaceFilterGradient();
}

/** Put in here: it is not wrapped twice. */
let placed: tf.KernelFunc | null = null;

function replaceFilterGradient(): void {
  const name = 'Conv2DBackpropFilter';
  const plain = tf.getKernel(name, 'webgpu');
  if (plain.kernelFunc === placed) return;
  placed = (call) => {
    const { x, dy } = call.inputs as Infos;
    const attrs = call.attrs as Attributes;
    const isCovered = owns('filterGradient') && String(attrs.dilations ?? 1).replaceAll(/[1,]/g, '') === '';
    if (!isCovered) return plain.kernelFunc(call);
    return filterGradient(x, dy, infoOf(x.shape, attrs.filterShape as number[], attrs));
  };
  tf.unregisterKernel(name, 'webgpu');
  tf.registerKernel({ ...plain, kernelFunc: placed });
}
