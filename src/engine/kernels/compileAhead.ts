/** Kernels of a network whose weights are on their way: what compiles is ready, or nearly, when these have come. */
import type { GeneratorConfig } from '../networks/ncsnpp/config';
import type { ResnetGeneratorConfig } from '../networks/resnetGenerator/config';

/**
 * @param size of images, pixels
 * @param dtype of the weights' file
 * @throws Error where kernels will not be used
 */
export type CompileAhead<Config> = (
  config: Config,
  size: number,
  dtype: 'f32' | 'f16' | 'q8',
) => Promise<void>;

/** The networks that have kernels which are compiled: WebGPU's alone. */
export interface NetworksAhead {
  generator: CompileAhead<GeneratorConfig>;
  resnetGenerator: CompileAhead<ResnetGeneratorConfig>;
}

export const networksAhead: NetworksAhead = {
  generator: async (...about) => (await import('./webgpu/fastGenerator')).compileGenerator(...about),
  resnetGenerator: async (...about) => (await import('./webgpu/fastResnet')).compileResnet(...about),
};
