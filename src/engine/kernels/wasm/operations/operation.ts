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

/** What runs it: to its first output, or to all. */
export interface RunOperation {
  run<T extends tf.Tensor>(inputs: Inputs, attributes?: Attributes): T;
  all(inputs: Inputs, attributes?: Attributes): tf.Tensor[];
}

/**
 * Made known to TensorFlow.js when it first runs: to load a file of operations does nothing, so that bundles leave out what they do not
 * use. Calls are marked as pure for these.
 */
export function operation(made: Operation): RunOperation {
  let isKnown = false;
  const all = (inputs: Inputs, attributes: Attributes = {}): tf.Tensor[] => {
    if (!isKnown) register(made);
    isKnown = true;
    return [tf.engine().runKernel(made.name, inputs, attributes as unknown as tf.NamedAttrMap)].flat();
  };
  return {
    run: <T extends tf.Tensor>(inputs: Inputs, attributes?: Attributes) => all(inputs, attributes)[0] as T,
    all,
  };
}

function register({ name, run, gradient }: Operation): void {
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
  if (!gradient) return;
  tf.registerGradient({
    kernelName: name,
    inputsToSave: gradient.inputs,
    outputsToSave: gradient.outputs ?? [],
    gradFunc: (dy, saved, attributes) =>
      gradient.of(Array.isArray(dy) ? dy[0] : dy, saved, attributes as Attributes),
  });
}

/** The kernels, for operations that have a first derivative alone: none in what is differentiated twice (R1), where plain ones run. */
export const ownOnce = (): Kernels | null => (isRecordedTwice() ? null : ownKernels());

export const outputOf = ({ backend }: Kernels, shape: readonly number[]): tf.TensorInfo =>
  backend.makeOutput([...shape], 'float32');
