/**
 * Images as the feature network sees them, for Fréchet's and the kernel distance. FD-random's network has weights that are drawn, the
 * same on every machine; FD-brain's is trained (`public/features/fd-brain/`, tools/features). Neither is the FID's, and the numbers of
 * one say nothing beside those of another.
 */
import { Aborted, BadRequest, WeightsMismatch } from '../../errors';
import { resizeSquare } from '../../volume/slices';
import type { StateDict } from '../formats/namedTensor';
import { readSafetensors } from '../formats/safetensors';
import { joinArrays } from '../joinArrays';
import { FEATURE_SIDE, FEATURES } from '../networks/featureNetwork/config';
import { type FeatureNetworkWeights, runFeatureNetwork } from '../networks/featureNetwork/run';
import { featureNetworkTable } from '../networks/featureNetwork/table';
import { disposeTree, loadTree } from '../networks/parameters';
import * as tf from '../tf';
import { initialState } from '../training/initialise';
import type { TranslateHooks } from '../translateSlices';
import type { FeatureSet } from './featureSet';

/** On the backend. */
export interface FeatureNetwork {
  readonly weights: FeatureNetworkWeights;
  /** The contrasts that it can tell; empty where it was not trained. */
  readonly contrasts: readonly string[];
  dispose(): void;
}

/** Sets of fewer images than twice the features lie apart by their size alone: worth a warning; the kernel distance does not mind. */
export const ENOUGH_IMAGES = 2 * FEATURES;

/** FD-random is one network: other seeds are others. */
const RANDOM_SEED = 0x46440001;
/** Images at once: some 20 MB of feature maps. */
const BATCH = 16;

/** FD-random's. */
export function randomFeatureNetwork(): FeatureNetwork {
  // Uniform numbers alone, whose every bit is the same everywhere.
  return load(initialState({ number: 0, table: featureNetworkTable({ contrasts: [] }) }, RANDOM_SEED), []);
}

/**
 * FD-brain's, from the bytes of its weights.safetensors.
 * @throws CorruptFile, UnsupportedFile where they are no safetensors; WeightsMismatch where they are another network's
 */
export function trainedFeatureNetwork(bytes: ArrayBuffer | Uint8Array): FeatureNetwork {
  const { tensors, metadata } = readSafetensors(bytes);
  const contrasts = metadata.contrasts?.split(',') ?? [];
  if (contrasts.length === 0)
    throw new WeightsMismatch(
      'feature network: its file must name the contrasts that it tells, got none; take the file that ships beside its card',
    );
  const state = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
  return load(state, contrasts);
}

function load(state: StateDict, contrasts: readonly string[]): FeatureNetwork {
  const table = featureNetworkTable({ contrasts });
  const weights = loadTree<FeatureNetworkWeights>(table, state);
  return { weights, contrasts, dispose: () => disposeTree(table, weights) };
}

/**
 * 128 features of each image.
 * @param images squares of any size in [-1, 1], size*size pixels, rows top to bottom
 * @param hooks `pause` is awaited after every batch
 * @throws BadRequest for an image that is no square or holds other than finite numbers; Aborted between batches
 */
export async function featuresOf(
  { weights }: FeatureNetwork,
  images: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  { signal, pause }: Pick<TranslateHooks, 'signal' | 'pause'> = {},
): Promise<FeatureSet> {
  const found: Float32Array[] = [];
  let waiting: Float32Array[] = [];
  let count = 0;
  const run = async () => {
    if (signal?.aborted) throw new Aborted('features: cancelled');
    const features = await ofBatch(weights, waiting);
    waiting.forEach((_, i) => {
      found.push(features.subarray(i * FEATURES, (i + 1) * FEATURES));
    });
    waiting = [];
    await pause?.();
  };
  for await (const image of images) {
    waiting.push(atFeatureSize(image, ++count));
    if (waiting.length === BATCH) await run();
  }
  if (waiting.length > 0) await run();
  return { count, length: FEATURES, values: count === 0 ? new Float32Array() : joinArrays(found) };
}

async function ofBatch(
  weights: FeatureNetworkWeights,
  images: readonly Float32Array[],
): Promise<Float32Array> {
  const features = tf.tidy(() =>
    runFeatureNetwork(
      weights,
      tf.tensor4d(joinArrays(images), [images.length, FEATURE_SIDE, FEATURE_SIDE, 1]),
    ),
  );
  try {
    return (await features.data()) as Float32Array;
  } finally {
    features.dispose();
  }
}

function atFeatureSize(image: Float32Array, number: number): Float32Array {
  const size = Math.round(Math.sqrt(image.length));
  if (size === 0 || size * size !== image.length)
    throw new BadRequest(
      `features: an image must be a square, got ${image.length} pixels in image ${number}; cut or pad it first`,
    );
  const odd = image.find((value) => !Number.isFinite(value));
  if (odd !== undefined)
    throw new BadRequest(
      `features: an image must hold finite numbers, got ${odd} in image ${number}; leave that image out`,
    );
  return size === FEATURE_SIDE ? image : resizeSquare(image, size, FEATURE_SIDE);
}
