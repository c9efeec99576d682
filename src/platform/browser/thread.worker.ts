/** A thread of the kernels on wasm. */
import { stageWalker } from '../../engine/kernels/wasm/stages';
import { serveThread, taskLine } from '../../engine/kernels/wasm/taskLine';

declare const self: DedicatedWorkerGlobalScope;

serveThread(
  taskLine,
  stageWalker,
  (hear) => self.addEventListener('message', ({ data }) => hear(data)),
  (message) => self.postMessage(message),
);
