/** Made by scripts/kernels.mjs: the compiled kernels in base64. */
declare module 'virtual:kernels' {
  const base64: string;
  export default base64;
}

/** The same, and TensorFlow.js's wasm, for memory that threads share. */
declare module 'virtual:kernels-shared' {
  const base64: string;
  export default base64;
}
declare module 'virtual:tensorflow-shared' {
  const base64: string;
  export default base64;
}
