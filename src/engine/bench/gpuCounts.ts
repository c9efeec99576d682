/** What TensorFlow.js does on WebGPU, by looking at its backend while it works. */
import * as tf from '../tf';
import type { StepCounts } from './speed';

/** What is used of the backend, beyond its types. */
interface Backend {
  runWebGPUProgram(...args: unknown[]): unknown;
}

/** Bytes of GPU buffers that are in use, or freed in work that has not been submitted; without those kept for reuse. */
export const gpuBytes = (): number => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;

/** Programs that `step` starts, and the most bytes in use meanwhile beyond `before`. */
export async function countedOnGpu(step: () => Promise<unknown>, before: number): Promise<StepCounts> {
  const backend = tf.backend() as unknown as Backend;
  const plain = backend.runWebGPUProgram;
  let dispatches = 0;
  let most = gpuBytes();
  backend.runWebGPUProgram = (...args) => {
    const made = plain.apply(backend, args);
    dispatches++;
    most = Math.max(most, gpuBytes());
    return made;
  };
  try {
    await step();
  } finally {
    // The prototype's is seen again.
    delete (backend as Partial<Backend>).runWebGPUProgram;
  }
  return { dispatches, bytes: most - before };
}
