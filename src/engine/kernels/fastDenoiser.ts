/**
 * Kernels of our own where the backend has some: another path to the same numbers as the plain operations, which are the oracle and what
 * remains where kernels are not there, compute wrong on this machine or fail.
 */

import type { Denoiser } from '../diffusion/sampler';
import { denoiserOf, type Generator } from '../networks/ncsnpp/run';
import type * as tf from '../tf';
import { type Fast, fastPath, type Inside, type Kernels, PLAIN } from './fastPath';
import { ownKernels } from './wasm/kernels';

/** A generator on the backend by kernels of its own. */
export interface FastGenerator extends Fast {
  /**
   * @param images [b, h, w, c] each, together the network's channels
   * @param t time index of each batch entry; z latents [b, nz]
   * @returns [b, h, w, outputs], the first channels of what comes out
   * @throws Error where it cannot: nothing of it is to be used from then on
   */
  run(
    images: readonly tf.Tensor4D[],
    t: readonly number[],
    z: tf.Tensor2D,
    outputs: number,
  ): Promise<tf.Tensor4D>;
}

/** Makes one ready; weights are borrowed and must not change. @throws Error saying why the plain operations are to be used */
export type MakeFastGenerator = (generator: Generator) => Promise<FastGenerator>;

/** Of a backend: what loads its kernels, where they are there and wanted, which is asked at each step. */
type GeneratorKernels = Partial<Record<string, () => Promise<MakeFastGenerator> | null>>;

export const ON_WASM: GeneratorKernels = {
  wasm: () => (ownKernels() ? import('./wasm/fastGenerator').then((code) => code.fastGenerator) : null),
};
export const ON_WEBGPU: GeneratorKernels = {
  webgpu: () => import('./webgpu/fastGenerator').then((code) => code.fastGenerator),
};

export interface FastDenoiser {
  denoise: Denoiser;
  /** What computes, and why where it is not kernels. */
  path(): string;
  /** As of a `FastGenerator`; null where plain operations compute. */
  inside(): Inside | null;
  /** What it holds beside the weights. */
  dispose(): void;
}

/** By kernels from the first step on where the backend has them, else, and from a failure on, by plain operations. */
export function fastDenoiser(generator: Generator, kernels: GeneratorKernels): FastDenoiser {
  const made = Object.entries(kernels).map(([backend, load]): [string, Kernels<FastGenerator>[string]] => [
    backend,
    () => load!()?.then((make) => () => make(generator)) ?? null,
  ]);
  const fast = fastPath<FastGenerator, Parameters<Denoiser>>(
    Object.fromEntries(made),
    (own, x, source, t, z) => own.run(generator.config.num_channels === 1 ? [x] : [x, source], t, z, 1),
    denoiserOf(generator),
  );
  return {
    denoise: fast.run,
    path: () => fast.path() ?? PLAIN,
    inside: fast.inside,
    dispose: fast.dispose,
  };
}
