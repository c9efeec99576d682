import * as tf from '../tf';

export interface MemoryUse {
  tensors: number;
  /** Bytes of live tensors. */
  bytes: number;
  /**
   * Bytes that the backend holds: the wasm heap, or all GPU buffers with those kept for reuse. Neither ever shrinks, so this
   * is also the peak since the start. The `cpu` backend holds live tensors only.
   */
  reservedBytes: number;
}

/** Memory of the current backend. */
export function memoryUse(): MemoryUse {
  const memory = tf.memory() as tf.MemoryInfo & {
    numBytesAllocatedInGPU?: number;
    numBytesInGPUAllocated?: number;
  };
  // WebGPU and WebGL spell it differently.
  const onGpu = memory.numBytesAllocatedInGPU ?? memory.numBytesInGPUAllocated;
  const { wasm } = tf.backend() as { wasm?: { HEAPU8: Uint8Array } };
  return {
    tensors: memory.numTensors,
    bytes: memory.numBytes,
    reservedBytes: onGpu ?? wasm?.HEAPU8.byteLength ?? memory.numBytes,
  };
}
