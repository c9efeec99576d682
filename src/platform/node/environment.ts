/** What the engine needs to know of Node: Dawn's WebGPU if a Vulkan (or Metal, D3D12) device exists, and where the wasm files lie. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import kernels from 'virtual:kernels';
import type { BackendEnvironment } from '../../engine/backend/backend';
import { dawn, type Wanted } from './dawn';

/** @param wanted null: no GPU is looked for, which spares a moment */
export async function nodeEnvironment(
  onDeviceError: BackendEnvironment['onDeviceError'],
  wanted: Wanted | null = 'all',
): Promise<BackendEnvironment> {
  const require = createRequire(import.meta.url);
  const wasmFile = require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm');
  return {
    gpu: wanted ? await dawn(wanted) : null,
    webglRenderer: null,
    wasmPaths: dirname(wasmFile) + sep,
    wasmKernels: async () => Buffer.from(kernels, 'base64'),
    now: () => performance.now(),
    onDeviceError,
  };
}
