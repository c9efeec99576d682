/** The diffusive generator by our kernels on wasm, in the form that those of any backend have. */
import type { MakeFastGenerator } from '../fastDenoiser';
import { ownDenoiser } from './denoiser';
import { ownKernels } from './kernels';
import { isCovered } from './ncsnpp';

export const fastGenerator: MakeFastGenerator = async (generator) => {
  if (!ownKernels()) throw new Error('the kernels are not there, or compute wrong on this machine');
  const { denoise, dispose } = ownDenoiser(generator);
  return {
    label: 'SIMD kernels of our own, float32',
    run: async ([x, source = x], t, z) => {
      const [, height, width] = x.shape;
      if (!isCovered(generator.config, height, width))
        throw new Error('the kernels do not cover this network');
      return denoise(x, source, t, z);
    },
    dispose,
  };
};
