/** What runs on the CPU although it calls itself a GPU. TensorFlow.js wasm is faster than any of these. */
export const SOFTWARE_RENDERER = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

export function isSoftware({
  vendor,
  architecture,
  device,
  description,
  isFallbackAdapter,
}: Pick<
  GPUAdapterInfo,
  'vendor' | 'architecture' | 'device' | 'description' | 'isFallbackAdapter'
>): boolean {
  return isFallbackAdapter || SOFTWARE_RENDERER.test(`${vendor} ${architecture} ${device} ${description}`);
}
