/** Made by scripts/kernels.mjs: where the page fetches the compiled kernels. */
declare module 'virtual:kernels-address' {
  const address: string;
  export default address;
}

/** The same, and TensorFlow.js's wasm, for memory that threads share. */
declare module 'virtual:kernels-shared-address' {
  const address: string;
  export default address;
}
declare module 'virtual:tensorflow-shared-address' {
  const address: string;
  export default address;
}
