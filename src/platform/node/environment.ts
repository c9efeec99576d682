/** What the engine needs to know of Node: Dawn's WebGPU if a Vulkan (or Metal, D3D12) device exists, and where the wasm files lie. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { BackendEnvironment } from '../../engine/backend/backend';

/** @param useGpu false: Dawn is not even loaded, which spares its start and its warnings */
export async function nodeEnvironment(
  onDeviceError: BackendEnvironment['onDeviceError'],
  useGpu = true,
): Promise<BackendEnvironment> {
  const require = createRequire(import.meta.url);
  const wasmFile = require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm');
  return {
    gpu: useGpu ? await dawn() : null,
    webglRenderer: null,
    wasmPaths: dirname(wasmFile) + sep,
    now: () => performance.now(),
    onDeviceError,
  };
}

/** Dawn as navigator.gpu, or null where its binary does not load. TensorFlow.js looks for it on the global navigator. */
async function dawn(): Promise<GPU | null> {
  try {
    const { create, globals } = await import('webgpu');
    const gpu = create([]);
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
    return gpu;
  } catch {
    return null;
  }
}
