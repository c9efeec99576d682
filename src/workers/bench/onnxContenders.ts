/**
 * onnxruntime-web among what is compared, under `npm run dev` alone: a built page has neither it nor the exporter. Each of its bundles is a
 * runtime of its own, which takes the first number of threads that it is given.
 */
import packageJson from '../../../package.json';
import { onnxEngine } from '../../engine/bench/onnxEngine';
import type { Contender } from '../../engine/bench/speed';

/** @param isGpu WebGPU is compared @param threads for wasm; 1 where they cannot share memory */
export function onnxContenders(isGpu: boolean, threads: number): Contender[] {
  const { version } = packageJson;
  const onGpu = () => import('onnxruntime-web/webgpu');
  return [
    ...(isGpu
      ? [
          onnxEngine({ provider: 'webgpu', graph: 'straight' }, version, onGpu),
          onnxEngine({ provider: 'webgpu', graph: 'webgpu' }, version, onGpu),
        ]
      : []),
    onnxEngine(
      { provider: 'wasm', threads: 1, graph: 'straight' },
      version,
      () => import('onnxruntime-web/wasm'),
    ),
    ...(threads > 1
      ? [
          onnxEngine(
            { provider: 'wasm', threads, graph: 'straight' },
            version,
            () => import('onnxruntime-web'),
          ),
        ]
      : []),
  ];
}
