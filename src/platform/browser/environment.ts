/** What the engine needs to know of the browser: its GPU, its WebGL renderer, and where the wasm files are served. */

import kernels from 'virtual:kernels-address';
import sharedKernels from 'virtual:kernels-shared-address';
import sharedWasm from 'virtual:tensorflow-shared-address';
import plainWasm from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import { type BackendEnvironment, defaultThreads } from '../../engine/backend/backend';
import { keptText } from './keptText';
import { startThread } from './threads';

export function browserEnvironment(onDeviceError: BackendEnvironment['onDeviceError']): BackendEnvironment {
  return {
    gpu: navigator.gpu ?? null,
    webglRenderer: webglRenderer(),
    wasmPaths: {
      'tfjs-backend-wasm.wasm': plainWasm,
      'tfjs-backend-wasm-simd.wasm': simdWasm,
      // TensorFlow.js wants a name for each; the engine runs without threads.
      'tfjs-backend-wasm-threaded-simd.wasm': simdWasm,
    },
    wasmKernels: async () => (await fetch(kernels)).arrayBuffer(),
    tiles: keptText('tiles.json'),
    threads: globalThis.crossOriginIsolated
      ? {
          count: defaultThreads(navigator.hardwareConcurrency),
          wasmPaths: {
            'tfjs-backend-wasm.wasm': plainWasm,
            'tfjs-backend-wasm-simd.wasm': sharedWasm,
            'tfjs-backend-wasm-threaded-simd.wasm': sharedWasm,
          },
          fetched: false,
          wasmKernels: async () => (await fetch(sharedKernels)).arrayBuffer(),
          startThread,
        }
      : 'the page is not isolated from others (its server sends no COOP and COEP headers), so that threads cannot share memory',
    now: () => performance.now(),
    onDeviceError,
  };
}

function webglRenderer(): string | null {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return null;
  const extension = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return String(renderer);
}
