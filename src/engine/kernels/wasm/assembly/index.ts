/** Kernels on memory that they share with TensorFlow.js's wasm backend: numbers are float32, images [h][w][c], addresses in bytes. */
export { adam, dense, head, pairs, silu, softmax } from './elements';
export { clearBorder, place, trim } from './images';
export { addRuns, line, lineSilu, moments, nearMeans, normLine, runSums } from './norm';
export { filterGradient } from './outerProducts';
export { packPanels, product } from './product';
export { firDown, firSmooth, firUp } from './resample';
export { winograd, winogradFilterBack, winogradFilterGradient, winogradWeights } from './winograd';
export { one } from './vector';
