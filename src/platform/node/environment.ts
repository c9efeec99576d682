/** What the engine needs to know of Node: Dawn's WebGPU if a Vulkan (or Metal, D3D12) device exists, and where the wasm files lie. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import kernels from 'virtual:kernels';
import sharedKernels from 'virtual:kernels-shared';
import sharedWasm from 'virtual:tensorflow-shared';
import type { BackendEnvironment } from '../../engine/backend/backend';
import { dawn, type Wanted } from './dawn';
import { startThread } from './threads';

const SHARED_WASM = `data:application/wasm;base64,${sharedWasm}`;

/**
 * @param wanted null: no GPU is looked for, which spares a moment
 * @param threads of wasm
 */
export async function nodeEnvironment(
  onDeviceError: BackendEnvironment['onDeviceError'],
  wanted: Wanted | null = 'all',
  threads = 1,
): Promise<BackendEnvironment> {
  const require = createRequire(import.meta.url);
  const wasmFile = require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm');
  return {
    gpu: wanted ? await dawn(wanted) : null,
    webglRenderer: null,
    wasmPaths: dirname(wasmFile) + sep,
    wasmKernels: async () => Buffer.from(kernels, 'base64'),
    tiles: null,
    threads: {
      count: threads,
      wasmPaths: {
        'tfjs-backend-wasm.wasm': SHARED_WASM,
        'tfjs-backend-wasm-simd.wasm': SHARED_WASM,
        'tfjs-backend-wasm-threaded-simd.wasm': SHARED_WASM,
      },
      fetched: true,
      wasmKernels: async () => Buffer.from(sharedKernels, 'base64'),
      startThread,
    },
    now: () => performance.now(),
    onDeviceError,
  };
}
