/**
 * Kernels of our own where the backend has some: another path to the same numbers as the plain operations, which are the oracle and what
 * remains where kernels are not there, compute wrong on this machine or fail.
 */

import { OutOfMemory } from '../../errors';
import type { Denoiser } from '../diffusion/sampler';
import { psnr } from '../evaluation/metrics/psnr';
import { denoiserOf, type Generator } from '../networks/ncsnpp/run';
import * as tf from '../tf';
import { ownKernels } from './wasm/kernels';
import type { NcsnppProgram } from './wasm/ncsnpp';
import type { FusedGenerator } from './webgpu/generator';

/** A generator on the backend by kernels of its own. */
export interface FastGenerator {
  /** What computes, for Diagnostics. */
  readonly label: string;
  /** For benchmarks, of the sizes that have run: what they count and time; null before the first run. */
  readonly inside?: () => { program: NcsnppProgram } | { fused: FusedGenerator } | null;
  /** Its first image of each size is held against that of the plain operations: for kernels that few machines have seen yet. */
  readonly onTrial?: boolean;
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
  dispose(): void;
}

/** Makes one ready; weights are borrowed and must not change. @throws Error saying why the plain operations are to be used */
export type MakeFastGenerator = (generator: Generator) => Promise<FastGenerator>;

/** Of a backend: what loads its kernels, where they are there and wanted, which is asked at each step. */
const KERNELS: Partial<Record<string, () => Promise<MakeFastGenerator> | null>> = {
  wasm: () => (ownKernels() ? import('./wasm/fastGenerator').then((code) => code.fastGenerator) : null),
  webgpu: () => import('./webgpu/fastGenerator').then((code) => code.fastGenerator),
};

export interface FastDenoiser {
  denoise: Denoiser;
  /** What computes, and why where it is not kernels. */
  path(): string;
  /** As of a `FastGenerator`; null where plain operations compute. */
  inside(): ReturnType<NonNullable<FastGenerator['inside']>>;
  /** What it holds beside the weights. */
  dispose(): void;
}

/** How `path` begins where no kernels compute. */
export const PLAIN = 'plain operations';

/** By kernels from the first step on where the backend has them, else, and from a failure on, by plain operations. */
export function fastDenoiser(generator: Generator, kernels = KERNELS): FastDenoiser {
  const plain = denoiserOf(generator);
  let making: Promise<FastGenerator> | null = null;
  let inUse: FastGenerator | null = null;
  let path = PLAIN;
  const dispose = () => {
    making?.then(
      (made) => made.dispose(),
      () => {},
    );
    making = null;
    inUse = null;
  };
  let refused = false;
  const tried = new Set<string>();
  return {
    path: () => path,
    inside: () => inUse?.inside?.() ?? null,
    dispose,
    denoise: async (x, source, t, z) => {
      const make = refused ? null : kernels[tf.getBackend()]?.();
      if (make) {
        try {
          making ??= make.then((ready) => ready(generator));
          const fast = await making;
          const images = generator.config.num_channels === 1 ? [x] : [x, source];
          const estimate = await fast.run(images, t, z, 1);
          if (fast.onTrial && !tried.has(String(x.shape))) {
            await holdAgainst(estimate, await plain(x, source, t, z));
            tried.add(String(x.shape));
          }
          path = fast.label;
          inUse = fast;
          return estimate;
        } catch (error) {
          // Fewer images may fit, and plain operations need more.
          if (x.shape[0] > 1 && error instanceof OutOfMemory) throw error;
          refused = true;
          path = `${PLAIN}: ${error instanceof Error ? error.message : String(error)}`;
          dispose();
        }
      } else if (!refused) path = PLAIN;
      return plain(x, source, t, z);
    },
  };
}

/** Halves lose less; what is computed wrong loses far more. */
const LEAST_PSNR = 60;

/** @throws Error, with the estimate disposed, where the two are not the same image; the plain one is disposed */
async function holdAgainst(estimate: tf.Tensor4D, plain: tf.Tensor4D): Promise<void> {
  const [own, expected] = await Promise.all([estimate.data<'float32'>(), plain.data<'float32'>()]);
  plain.dispose();
  const found = psnr(own, expected, 2);
  if (found >= LEAST_PSNR) return;
  estimate.dispose();
  throw new Error(
    `the kernels give another image than plain operations on this machine (PSNR ${found.toFixed(1)} dB, at least ${LEAST_PSNR} wanted)`,
  );
}
