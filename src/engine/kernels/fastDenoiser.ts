/**
 * Kernels of our own where the backend has some: another path to the same numbers as the plain operations, which are the oracle and what
 * remains where kernels are not there, compute wrong on this machine or fail.
 */

import type { Denoiser, Draw, DrawingDenoiser, Drawn } from '../diffusion/sampler';
import { denoiserOf, type Generator } from '../networks/ncsnpp/run';
import type { SampleKey } from '../random';
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
  /** Of those that draw the chain's noise, too; a key each batch entry. */
  readonly draws?: {
    /** N(0, 1) of the keys at a step, [b, h, w, 1]. */
    normals(shape: tf.Tensor4D['shape'], keys: readonly SampleKey[], step: number): tf.Tensor4D;
    /** As `run`, of x and what else the network is given, with a draw from the posterior of its estimate. */
    run(
      images: readonly [x: tf.Tensor4D, ...others: tf.Tensor4D[]],
      t: readonly number[],
      z: tf.Tensor2D,
      draw: KeyedDraw,
    ): Promise<{ x0: tf.Tensor4D; x: tf.Tensor4D }>;
  };
}

export interface KeyedDraw extends Draw {
  keys: readonly SampleKey[];
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
  /** The same, where it can with the noise of these keys, one each batch entry. */
  drawing(keys: readonly SampleKey[]): DrawingDenoiser;
  /** As `RunTranslator`'s. */
  ahead(): boolean;
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
  const plain = denoiserOf(generator);
  const fast = fastPath<FastGenerator, [...Parameters<Denoiser>, draw?: KeyedDraw], Drawn>(
    Object.fromEntries(made),
    async (own, x, source, t, z, draw) => {
      const images = generator.config.num_channels === 1 ? ([x] as const) : ([x, source] as const);
      return draw && own.draws ? own.draws.run(images, t, z, draw) : { x0: await own.run(images, t, z, 1) };
    },
    async (x, source, t, z) => ({ x0: await plain(x, source, t, z) }),
    ({ x0 }) => x0,
  );
  return {
    denoise: async (...images) => (await fast.run(...images)).x0,
    drawing: (keys) => ({
      start: async (shape, step) => (await fast.ready())?.draws?.normals(shape, keys, step) ?? null,
      denoise: (x, source, t, z, draw) => fast.run(x, source, t, z, { ...draw, keys }),
    }),
    ahead: fast.isPaced,
    path: () => fast.path() ?? PLAIN,
    inside: fast.inside,
    dispose: fast.dispose,
  };
}
