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
  /** It waits for the device by itself: no more than two of its runs are on the way. */
  readonly isPaced?: boolean;
  dispose(): void;
}

/** Of a backend: what loads the code that makes kernels ready, where they are there and wanted, which is asked at each run. */
export type Kernels<F> = Partial<Record<string, () => Promise<() => Promise<F>> | null>>;

export interface FastPath<Arguments extends unknown[], F = Fast, Result = tf.Tensor4D> {
  run(...images: Arguments): Promise<Result>;
  /** The kernels that the next run is made by, null where that is plain operations. */
  ready(): Promise<F | null>;
  /** What computed last, and why where it is not kernels; undefined where the backend has none. */
  path(): string | undefined;
  /** Null where plain operations compute. */
  inside(): Inside | null;
  /** As the kernels'; false where plain operations compute. */
  isPaced(): boolean;
  /** What it holds beside the weights. */
  dispose(): void;
}

/** How `path` begins where no kernels compute. */
export const PLAIN = 'plain operations';

/**
 * @param run and `plain` give the same image of the same arguments, of which the first is an image of the same size
 * @param imageOf a result
 */
export function fastPath<
  F extends Fast,
  Arguments extends [tf.Tensor4D, ...unknown[]],
  Result extends tf.TensorContainer,
>(
  kernels: Kernels<F>,
  run: (fast: F, ...images: Arguments) => Promise<Result>,
  plain: (...images: Arguments) => Result | Promise<Result>,
  imageOf: (made: Result) => tf.Tensor4D,
): FastPath<Arguments, F, Result> {
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
  const refuse = (error: unknown) => {
    refused = true;
    path = `${PLAIN}: ${error instanceof Error ? error.message : String(error)}`;
    dispose();
  };
  const ready = async (): Promise<F | null> => {
    const make = refused ? null : kernels[tf.getBackend()]?.();
    if (!make) {
      if (!refused) path = kernels[tf.getBackend()] && PLAIN;
      return null;
    }
    try {
      making ??= make.then((made) => made());
      return await making;
    } catch (error) {
      refuse(error);
      return null;
    }
  };
  return {
    path: () => path,
    inside: () => inUse?.inside?.() ?? null,
    isPaced: () => inUse?.isPaced ?? false,
    dispose,
    ready,
    run: async (...images) => {
      const fast = await ready();
      if (!fast) return plain(...images);
      try {
        const made = await run(fast, ...images);
        const size = String(images[0].shape);
        if (fast.trial && !tried.has(size)) {
          try {
            await fast.trial(async () => {
              const expected = await plain(...images);
              await holdAgainst(imageOf(made), imageOf(expected)).finally(() => tf.dispose(expected));
            });
          } catch (error) {
            tf.dispose(made);
            throw error;
          }
          tried.add(size);
        }
        path = fast.label;
        inUse = fast;
        return made;
      } catch (error) {
        // Fewer images may fit, and plain operations need more.
        if (images[0].shape[0] > 1 && error instanceof OutOfMemory) throw error;
        refuse(error);
        return plain(...images);
      }
    },
  };
}

/** Halves lose less; what is computed wrong loses far more. */
const LEAST_PSNR = 60;

/** @throws Error where the two are not the same image */
async function holdAgainst(estimate: tf.Tensor4D, plain: tf.Tensor4D): Promise<void> {
  const [own, expected] = await Promise.all([estimate.data<'float32'>(), plain.data<'float32'>()]);
  const found = psnr(own, expected, 2);
  if (found >= LEAST_PSNR) return;
  throw new Error(
    `the kernels give another image than plain operations on this machine (PSNR ${found.toFixed(1)} dB, at least ${LEAST_PSNR} wanted)`,
  );
}
