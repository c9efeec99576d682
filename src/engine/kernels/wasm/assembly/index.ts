/** Kernels on memory that they share with TensorFlow.js's wasm backend: numbers are float32, images [h][w][c], addresses in bytes. */
export { addChannels, channelSums } from './channels';
export { denseBack, denseFilterBack, denseRows } from './denseRows';
export { adamAll, dense, head, pairs, silu, softmax } from './elements';
export { groupNorm, groupNormBack } from './groupNorm';
export { clearBorder, place, trim } from './images';
export { addRuns, line, lineSilu, normLine, runSums } from './norm';
export { firLine, firSpread } from './lines';
export { filterGradient } from './outerProducts';
export { leakyBack, scaled, siluBack, siluTo, weightedSum, weightedSums } from './pointwise';
export { multiplyAdds } from './peak';
export { packPanels, product } from './product';
export { reflectFold, reflectPad } from './reflect';
export { firDown, firSmooth, firUp } from './resample';
export { winograd, winogradFilterBack, winogradFilterGradient, winogradWeights } from './winograd';
export { one } from './vector';
