/** What translates: a method's network on the backend, behind one form that knows no method. */
import type { ScheduleOptions } from '../diffusion/schedule';
import type { StateDict } from '../formats/namedTensor';
import type { CompileAhead, NetworksAhead } from '../kernels/compileAhead';
import { type FastNetworks, onEveryBackend } from '../kernels/fastNetworks';
import type { Inside } from '../kernels/fastPath';
import { disposeTree, loadTree } from '../networks/parameters';
import type { SampleKey } from '../random';
import type * as tf from '../tf';
import { type MethodId, methodOf, type Network } from '.';

/** The random numbers of one sample of a batch of b images of h x w pixels. */
export interface Draws {
  /** N(0, 1), b*h*w numbers. */
  noise(step: number): Float32Array;
  /** N(0, 1), b*length numbers. */
  latent(step: number, length: number): Float32Array;
  /** Where the noise is `normals` of these keys and the step, one key an image: who has them may draw it where it is wanted. */
  keys?: readonly SampleKey[];
}

export interface Translator {
  /** As the method's `frames`. */
  readonly frames: readonly string[];
  /** Images after the first one, each a step of the work. */
  readonly steps: number;
  /** Which images are `frames`, by their number, 0 the first; the last one always is. */
  keeps(image: number): boolean;
  /** false: nothing is drawn, so that all samples are the same image. */
  readonly random: boolean;
  /**
   * Yields `steps` images after a first one, [b, h, w, 1], each borrowed until the next is asked for; the last one is the result.
   * @param source [b, h, w, 1], [-1, 1]
   * @throws Aborted between images once the signal is aborted
   */
  run(source: tf.Tensor4D, draws: Draws, signal?: AbortSignal): AsyncGenerator<tf.Tensor4D>;
  /**
   * Whether it waits for the device by itself, so that no more than two images are computed ahead: then nobody has to read images on the
   * way. Asked after each image.
   */
  ahead?(): boolean;
  /**
   * The styles of real images of the target, [b, h, w, 1] in [-1, 1] -> [b, n]; of networks with a style encoder. The caller disposes
   * the result.
   */
  style?(images: tf.Tensor4D): tf.Tensor2D;
  /** What computed last, and why where it is not kernels of our own; of those that have some on the backend. */
  path?(): string | undefined;
  /** For benchmarks: those kernels, once they have computed; null where they do not. */
  inside?(): Inside | null;
  dispose(): void;
}

/** On the backend. */
export interface LoadedTranslator extends Translator {
  /** The same network by another chain: its weights go with `dispose` of this one. */
  by(diffusion: ScheduleOptions): RunTranslator;
}

/** Of one whose weights are somebody else's to free. */
export type RunTranslator = Omit<Translator, 'dispose'>;

/** What a translator makes of weights that stay as they are, to be freed with them. */
export class MadeOfWeights {
  private readonly made = new Map<string, { dispose(): void }>();

  constructor(readonly fast: FastNetworks) {}

  /** One of a name, for all translators of the same weights. */
  once<T extends { dispose(): void } | undefined>(name: string, make: () => T): T {
    const thing = (this.made.get(name) as T | undefined) ?? make();
    if (thing) this.made.set(name, thing);
    return thing;
  }

  dispose(): void {
    for (const thing of this.made.values()) thing.dispose();
    this.made.clear();
  }
}

/**
 * What a method's translate.ts exports as `makeTranslator`.
 * @param weights the tree of the method's table; borrowed
 * @param made given where the weights stay as they are until it is disposed: what is faster is made of them
 * @throws WeightsMismatch for a network that cannot translate
 */
export type MakeTranslator<C = Network, Weights = unknown> = (
  network: C,
  diffusion: ScheduleOptions,
  weights: Weights,
  made?: MadeOfWeights,
) => RunTranslator;

/** What a method's translate.ts exports as `compileAhead`, where one of these networks makes its images. */
export type CompilesAhead<C = Network> = (networks: NetworksAhead) => CompileAhead<C>;

/** The code of a method that translates. */
export async function translatorMaker(method: MethodId): Promise<MakeTranslator> {
  const { makeTranslator } = await import(`./${method}/translate.ts`);
  return makeTranslator;
}

/** Puts a model on the backend. @param plain by TensorFlow.js's operations alone. @throws WeightsMismatch where names or shapes are not those of its network */
export async function loadTranslator(
  { network, diffusion }: { network: Network; diffusion: ScheduleOptions },
  state: StateDict,
  { plain = false } = {},
): Promise<LoadedTranslator> {
  const make = await translatorMaker(network.method);
  const table = methodOf(network).table(network);
  const tree = loadTree<unknown>(table, state);
  const made = new MadeOfWeights(onEveryBackend);
  const dispose = () => {
    made.dispose();
    disposeTree(table, tree);
  };
  try {
    const by = (chain: ScheduleOptions) => make(network, chain, tree, plain ? undefined : made);
    return { ...by(diffusion), by, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
