/**
 * Operations of our own as TensorFlow.js has its: a kernel of the wasm backend and a gradient. Each stands for a chain of plain operations
 * that computes the same (networks/layers.ts and others), where `ownKernels` or `ownOnce` says so.
 */
import { isRecordedTwice } from '../../../autodiff/vjp';
import * as tf from '../../../tf';
import { type Kernels, ownKernels } from '../kernels';

export type Inputs = Record<string, tf.Tensor>;
export type Attributes = Record<string, unknown>;
export type Infos = Record<string, tf.TensorInfo>;
export type Gradients = Record<string, () => tf.Tensor>;

export interface Operation {
  name: string;
  /** One output, or several. */
  run(kernels: Kernels, inputs: Infos, attributes: Attributes): tf.TensorInfo | tf.TensorInfo[];
  /** Without it the operation has no derivative, and what differentiates it fails. */
  gradient?: {
    inputs: string[];
    outputs?: boolean[];
    /** @param saved the inputs, then the outputs that are kept */
    of(dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes): Gradients;
  };
}

/** Makes it known to TensorFlow.js. @returns what runs it */
export function operation({ name, run, gradient }: Operation) {
  tf.registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const kernels = ownKernels();
      if (!kernels)
        throw new Error(`kernels: must stay in use until a backward pass is over, got none for ${name}`);
      return kernels.whole(() => run(kernels, inputs as Infos, (attrs ?? {}) as Attributes));
    },
  });
  if (gradient) {
    tf.registerGradient({
      kernelName: name,
      inputsToSave: gradient.inputs,
      outputsToSave: gradient.outputs ?? [],
      gradFunc: (dy, saved, attributes) =>
        gradient.of(Array.isArray(dy) ? dy[0] : dy, saved, attributes as Attributes),
    });
  }
  /** The first output. */
  return <T extends tf.Tensor>(inputs: Inputs, attributes: Attributes = {}): T => {
    const out = tf.engine().runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap);
    return (Array.isArray(out) ? out[0] : out) as T;
  };
}

/** The kernels, for operations that have a first derivative alone: none in what is differentiated twice (R1), where plain ones run. */
export const ownOnce = (): Kernels | null => (isRecordedTwice() ? null : ownKernels());

export const outputOf = ({ backend }: Kernels, shape: readonly number[]): tf.TensorInfo =>
  backend.makeOutput([...shape], 'float32');
