/** Of an engine's features those that tell which kernels of our own compute, and why others do not: as engine/backend/backend.ts names them. */
export const isOfKernels = (feature: string): boolean => /^(own|plain operations)\b/.test(feature);
