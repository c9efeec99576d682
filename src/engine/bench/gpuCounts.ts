/** What is done on WebGPU, by looking at TensorFlow.js's device while it works. */
import * as tf from '../tf';
import type { StepCounts } from './speed';

/** Bytes of GPU buffers that are in use, or freed in work that has not been submitted; without those kept for reuse. */
export const gpuBytes = (): number => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;

/** Calls `told` before each dispatch on the device, TensorFlow.js's and our own. @returns what ends it */
function watch(device: GPUDevice, told: () => void): () => void {
  device.createCommandEncoder = (...how) => {
    const encoder: GPUCommandEncoder = Object.getPrototypeOf(device).createCommandEncoder.apply(device, how);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (...of) => {
      const pass = begin(...of);
      const dispatch = pass.dispatchWorkgroups.bind(pass);
      pass.dispatchWorkgroups = (...groups) => {
        told();
        dispatch(...groups);
      };
      return pass;
    };
    return encoder;
  };
  return () => {
    // The prototype's is seen again.
    delete (device as Partial<GPUDevice>).createCommandEncoder;
  };
}

/** Kernels that `step` starts, and the most bytes of TensorFlow.js's in use meanwhile beyond `before`. */
export async function countedOnGpu(step: () => Promise<unknown>, before: number): Promise<StepCounts> {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  let dispatches = 0;
  let most = gpuBytes();
  const end = watch(device, () => {
    dispatches++;
    most = Math.max(most, gpuBytes());
  });
  try {
    await step();
  } finally {
    end();
  }
  return { dispatches, bytes: most - before };
}
