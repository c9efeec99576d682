/** Threads of Node for the kernels on wasm, from the text of what they run: the command line is one file. */
import { Worker } from 'node:worker_threads';
import { stageWalker } from '../../engine/kernels/wasm/stages';
import { serveThread, taskLine } from '../../engine/kernels/wasm/taskLine';
import type { StartThread } from '../../engine/kernels/wasm/threads';

const TEXT = `
  const { parentPort } = require('node:worker_threads');
  (${serveThread})(
    ${taskLine},
    ${stageWalker},
    (hear) => parentPort.on('message', hear),
    (message) => parentPort.postMessage(message),
  );`;

export const startThread: StartThread = () => {
  const worker = new Worker(TEXT, { eval: true });
  return {
    send: (message) => worker.postMessage(message),
    listen: (hear, fail) => {
      worker.on('message', (message: string) => {
        // From here on it ends with the program, which does not wait for it.
        worker.unref();
        hear(message);
      });
      worker.on('error', (error) => fail(String(error)));
    },
    stop: () => void worker.terminate(),
  };
};
