/**
 * Whether an operation is computed by a kernel of our own now. On wasm all of them are where its kernels run (wasm/operations/); on WebGPU
 * those are that this device computes right (webgpu/operations/). Everywhere else, and where nobody asks, plain operations compute.
 */
import { isRecordedTwice } from '../autodiff/vjp';
import * as tf from '../tf';
import { areOwnKernelsWanted, ownKernels } from './wasm/kernels';
import type { AdamNumbers, After, Before } from './wasm/updates';

/** What WebGPU has kernels for, too. */
export const GPU_OPERATIONS = [
  ...(['norm', 'fir', 'filterGradient', 'dataGradient'] as const),
  ...(['dense', 'reflect', 'updates', 'pointwise', 'channels'] as const),
] as const;
export type GpuOperation = (typeof GPU_OPERATIONS)[number];

/** Updates of all parameters of a network, as wasm/updates.ts has them, but that what is given may be changed and given back. */
export interface Updates {
  adamUpdate(all: readonly Before[], numbers: AdamNumbers): After[];
  averagesOf(averages: readonly tf.Tensor[], parameters: readonly tf.Tensor[], decay: number): tf.Tensor[];
}

interface OnGpu {
  backend: tf.KernelBackend;
  operations: ReadonlySet<GpuOperation>;
  updates: Updates;
}

let onGpu: OnGpu | null = null;

/** These and no others, on this backend; null: none. */
export function useOnGpu(own: OnGpu | null): void {
  onGpu = own;
}

function gpuHas(operation: GpuOperation): boolean {
  if (!areOwnKernelsWanted() || onGpu === null) return false;
  return onGpu.operations.has(operation) && onGpu.backend === tf.backend();
}

export const owns = (operation: GpuOperation): boolean => ownKernels() !== null || gpuHas(operation);

/** For operations that have a first derivative alone: none in what is differentiated twice (R1), where plain ones run. */
export const ownsOnce = (operation: GpuOperation): boolean => !isRecordedTwice() && owns(operation);

/** WebGPU's, where they are used. */
export const gpuUpdates = (): Updates | null => (gpuHas('updates') ? onGpu!.updates : null);
