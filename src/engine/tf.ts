/**
 * TensorFlow.js, the one import of it: `import * as tf from '…/engine/tf'`. With it come its operations, their gradients, their
 * chained forms (`x.add(y)`) and the kernels of the webgl and cpu backends; wasm and webgpu are `backend.ts`'s. Its parts for layers,
 * data sets and converted models are in here by name alone: the page's bundles leave them out (`vite.config.ts`).
 */
// biome-ignore lint/style/noRestrictedImports: the one place
export * from '@tensorflow/tfjs';
