/** Kernels from the first run on where the backend has them, else, and from a failure on, plain operations. */
import { OutOfMemory } from '../../errors';
import { psnr } from '../evaluation/metrics/psnr';
import * as tf from '../tf';
import type { NcsnppProgram } from './wasm/ncsnpp';
import type { FusedNetwork } from './webgpu/fusedNetwork';

/** What benchmarks look into. */
export type Inside = { program: NcsnppProgram } | { fused: Pick<FusedNetwork<unknown>, 'ready' | 'counts'> };

/** What computes by kernels. */
export interface Fast {
  /** What computes, for Diagnostics. */
  readonly label: string;
  /**
   * For kernels that few machines have seen yet: their first image of each size is held against that of the plain operations, which run
   * within this and may not be needed again.
   */
  trial?<T>(plain: () => Promise<T>): Promise<T>;
  /** Of the sizes that have run; null before the first run. */
  readonly inside?: () => Inside | null;
  dispose(): void;
}

/** Of a backend: what loads the code that makes kernels ready, where they are there and wanted, which is asked at each run. */
export type Kernels<F> = Partial<Record<string, () => Promise<() => Promise<F>> | null>>;

export interface FastPath<Arguments extends unknown[]> {
  run(...images: Arguments): Promise<tf.Tensor4D>;
  /** What computed last, and why where it is not kernels; undefined where the backend has none. */
  path(): string | undefined;
  /** Null where plain operations compute. */
  inside(): Inside | null;
  /** What it holds beside the weights. */
  dispose(): void;
}

/** How `path` begins where no kernels compute. */
export const PLAIN = 'plain operations';

/** @param run and `plain` give the same image of the same arguments, of which the first is an image of the same size */
export function fastPath<F extends Fast, Arguments extends [tf.Tensor4D, ...unknown[]]>(
  kernels: Kernels<F>,
  run: (fast: F, ...images: Arguments) => Promise<tf.Tensor4D>,
  plain: (...images: Arguments) => tf.Tensor4D | Promise<tf.Tensor4D>,
): FastPath<Arguments> {
  let making: Promise<F> | null = null;
  let inUse: F | null = null;
  let path: string | undefined;
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
    run: async (...images) => {
      const make = refused ? null : kernels[tf.getBackend()]?.();
      if (make) {
        try {
          making ??= make.then((ready) => ready());
          const fast = await making;
          const estimate = await run(fast, ...images);
          const size = String(images[0].shape);
          if (fast.trial && !tried.has(size)) {
            await fast.trial(async () => holdAgainst(estimate, await plain(...images)));
            tried.add(size);
          }
          path = fast.label;
          inUse = fast;
          return estimate;
        } catch (error) {
          // Fewer images may fit, and plain operations need more.
          if (images[0].shape[0] > 1 && error instanceof OutOfMemory) throw error;
          refused = true;
          path = `${PLAIN}: ${error instanceof Error ? error.message : String(error)}`;
          dispose();
        }
      } else if (!refused) path = kernels[tf.getBackend()] && PLAIN;
      return plain(...images);
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
