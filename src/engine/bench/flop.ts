/**
 * How much a network computes: multiply-adds of its convolutions and matrix products, 2 FLOP each. What runs is run on shapes alone
 * (shapesBackend.ts), so that the paper's size costs nothing. Sums, norms and activations are not counted, as is usual; FIR filters are
 * convolutions.
 */
import type { ScheduleOptions } from '../diffusion/schedule';
import { type Network, trainingOf, translatingTable } from '../methods';
import { trainStepOf } from '../methods/trainStep';
import { translatorMaker } from '../methods/translator';
import { treeOf } from '../networks/parameters';
import { numberOfValues, ourShape, type ParameterTable } from '../networks/table';
import { atOnce } from '../pieces';
import * as tf from '../tf';
import { startAdam } from '../training/adam';
import type { Networks } from '../training/networks';
import { type TrainSettings, trainedSize } from '../training/settings';
import { registerShapes, SHAPES, type ShapesBackend } from './shapesBackend';

export interface Work {
  /** Multiply-adds. */
  macs: number;
  /** Kernels of TensorFlow.js that run. */
  kernels: number;
  /** Bytes of all tensors that are alive together at the most, as plain TensorFlow.js would hold them. */
  peakBytes: number;
}

export const FLOP_A_MAC = 2;

/**
 * The work of whatever `run` does with tensors. It must make them itself (`emptyTree`, `emptyImage`) and read none.
 * Nothing else may use TensorFlow.js until the promise is settled; the backend is then what it was before.
 */
export async function countWork(run: () => void | Promise<void>): Promise<Work> {
  registerShapes();
  const before: string | undefined = tf.getBackend();
  if (!before) throw new Error('count of work: the engine must be started before, got no backend');
  await tf.setBackend(SHAPES);
  const backend = tf.backend() as ShapesBackend;
  tf.engine().startScope('count of work');
  const { macs, kernels, liveBytes } = backend;
  backend.peakBytes = liveBytes;
  try {
    await run();
    return {
      macs: backend.macs - macs,
      kernels: backend.kernels - kernels,
      peakBytes: backend.peakBytes - liveBytes,
    };
  } finally {
    tf.engine().endScope();
    await tf.setBackend(before);
  }
}

/** Weights of a table's shapes, for `countWork`. T must be the tree that the table describes. */
export function emptyTree<T>(table: ParameterTable): T {
  return treeOf<T>(table, emptyLeaves(table));
}

/** Not as they are filled: what is all one number is no weight to the counter. */
const emptyLeaves = (table: ParameterTable): tf.Tensor[] =>
  table.map((row) => tf.relu(tf.fill(ourShape(row), 0)));

/** [batch, size, size, channels], for `countWork`. */
export function emptyImage(size: number, channels = 1, batch = 1): tf.Tensor4D {
  return tf.relu(tf.fill([batch, size, size, channels], 0)) as tf.Tensor4D;
}

export interface TranslationWork extends Work {
  /** Parameters that make an image in one direction: of MUNIT without the style encoder. */
  parameters: number;
  /** Forward passes, or steps of the chain, that a slice takes. */
  steps: number;
  /** Multiply-adds of a slice: of all its steps. */
  sliceMacs: number;
}

/**
 * What a model takes for one slice; `macs` are those of one step.
 * @param size side of the image, pixels
 */
export async function translationWork(
  network: Network,
  diffusion: ScheduleOptions,
  size: number,
): Promise<TranslationWork> {
  const table = translatingTable(network);
  const make = await translatorMaker(network.method);
  let steps = 0;
  const work = await countWork(async () => {
    const translator = make(network, diffusion, emptyTree(table));
    steps = translator.steps;
    const zeros = (count: number) => new Float32Array(count);
    const draws = { noise: () => zeros(size * size), latent: (_: number, length: number) => zeros(length) };
    const images = translator.run(emptyImage(size), draws);
    // The first image is what the chain starts from.
    await images.next();
    await images.next();
    await images.return(undefined);
  });
  return { ...work, parameters: numberOfValues(table), steps, sliceMacs: steps * work.macs };
}

/**
 * What one iteration of a training takes, all networks of it together, with what this program computes a second time to save memory.
 * @param step iterations done before: SynDiff's R1 comes at every tenth or so, beginning with 0
 */
export async function iterationWork(
  settings: TrainSettings,
  step = 1,
): Promise<Work & { parameters: number }> {
  const specs = trainingOf(settings).networks(settings);
  const trainStep = await trainStepOf(settings.method);
  const work = await countWork(() => {
    const networks: Networks = new Map();
    for (const spec of specs) {
      const tree = emptyTree<unknown>(spec.table);
      const adam = spec.learns ? startAdam(spec.table, tree) : null;
      const ema = spec.averaged ? emptyLeaves(spec.table) : null;
      networks.set(spec.name, { spec, tree, adam, ema });
    }
    const image = () => emptyImage(trainedSize(settings), 1, settings.batch);
    const rates = { generators: 0, discriminators: 0 };
    const losses = atOnce(trainStep({ settings, networks, step }, { a: image(), b: image() }, rates));
    tf.dispose([...losses.values()]);
  });
  return { ...work, parameters: specs.reduce((sum, { table }) => sum + numberOfValues(table), 0) };
}
