/** The measuring worker: wires its call to the browser, as translate.worker.ts does those of a translation. */
import { browser } from '../line/life';
import { listen, post } from '../line/listen';
import { serve } from '../line/serve';
import { type BenchEnvironment, createBenchCalls } from './calls';
import { machineText } from './machineText';
import type { BenchCalls } from './protocol';

/** A build leaves out what stands behind the condition. */
const others: BenchEnvironment['others'] = async (engines) => {
  if (!import.meta.env.DEV)
    return {
      contenders: [],
      leftOut: [
        'onnxruntime-web is no part of this page: npm run dev compares it, and on wasm npx syndiff bench --suite speed.',
      ],
    };
  const { onnxContenders } = await import('./onnxContenders');
  // As many as ours.
  const threads = Math.max(1, ...engines.map((engine) => engine.threads?.count ?? 1));
  const isGpu = engines.some(({ backend }) => backend === 'webgpu');
  return { contenders: onnxContenders(isGpu, threads), leftOut: [] };
};

const machine = machineText(navigator.userAgent, navigator.hardwareConcurrency);
listen(serve<BenchCalls>(createBenchCalls({ ...browser, machine, others }), post));
