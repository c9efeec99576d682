/** In place of the glue of TensorFlow.js's threaded wasm (vite.config.ts): `backend.ts` never starts it. */
export default null;
export const wasmWorkerContents = '';
