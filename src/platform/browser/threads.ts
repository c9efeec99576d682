/** Threads of the page for the kernels on wasm: workers of the worker that computes, which end with it. */
import type { StartThread } from '../../engine/kernels/wasm/threads';

export const startThread: StartThread = () => {
  const worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });
  return {
    send: (message) => worker.postMessage(message),
    listen: (hear, fail) => {
      worker.onmessage = ({ data }: MessageEvent<string>) => hear(data);
      worker.onerror = ({ message }) => fail(message || 'the script of a thread could not be loaded');
    },
    stop: () => worker.terminate(),
  };
};
