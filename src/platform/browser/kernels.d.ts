/** Made by scripts/kernels.mjs: where the page fetches the compiled kernels. */
declare module 'virtual:kernels-address' {
  const address: string;
  export default address;
}
