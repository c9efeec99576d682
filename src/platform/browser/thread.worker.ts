/** A thread of the kernels on wasm. */
import { serveThread, taskLine } from '../../engine/kernels/wasm/taskLine';

declare const self: DedicatedWorkerGlobalScope;

serveThread(
  taskLine,
  (hear) => self.addEventListener('message', ({ data }) => hear(data)),
  (message) => self.postMessage(message),
);
