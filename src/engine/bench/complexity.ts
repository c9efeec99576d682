/**
 * What a method costs on this machine (the paper's section V.C): parameters and FLOP by counting, time and memory by running, batch
 * 1, warm, on made-up images. Clock and process memory are passed in; the result is plain data.
 */
import { Aborted, BadRequest } from '../../errors';
import { type MemoryUse, memoryUse } from '../backend/memory';
import type { ScheduleOptions } from '../diffusion/schedule';
import type { Network } from '../methods';
import { trainStepOf } from '../methods/trainStep';
import type { RunTranslator } from '../methods/translator';
import { inPieces } from '../pieces';
import { type NoiseKey, normals, uniforms } from '../random';
import * as tf from '../tf';
import { disposeNetworks } from '../training/networks';
import { type TrainSettings, trainedSize } from '../training/settings';
import { startRun } from '../training/startRun';
import { FLOP_A_MAC, iterationWork, translationWork } from './flop';

const CANCELLED = 'measurement: cancelled';

export interface Machine {
  /** Milliseconds, monotonic. */
  now: () => number;
  /** Bytes of memory that the process holds; null where that is not told. */
  resident: () => number | null;
  signal?: AbortSignal;
  /** Awaited after every step or iteration, and within longer iterations. */
  pause?: () => Promise<void>;
  /** Of a training. */
  onIteration?: () => void;
}

export interface MemoryPeak {
  /** Bytes of all tensors of one step that are alive together, weights too, by counting. */
  tensorBytes: number;
  /** The most that the backend held (`MemoryUse`), with all that it did before. */
  reservedBytes: number;
  /** The most that the process held when it was looked at; null where that is not told. */
  residentBytes: number | null;
}

export interface TranslationComplexity {
  /** That make an image in one direction: of MUNIT without the style encoder, which a model holds beside them. */
  parameters: number;
  /** Steps of a slice; 1 for a network that translates in one pass. */
  steps: number;
  /** Of one step, and of all of them. */
  flopStep: number;
  flopSlice: number;
  /** Mean over the runs. Where not all steps were run, those that were stand for the others. */
  secondsSlice: number;
  /** Of each run after the first, which is not counted. */
  runs: number[];
  /** Of each run. */
  stepsRun: number;
  memory: MemoryPeak;
}

/**
 * @param model a card's `network` and `diffusion`, and what `loadTranslator` made of it
 * @param options size: side of the slice, pixels; runs: how many are timed; mostSteps: of a long chain so many are run
 * @throws BadRequest for less than one run or step; Aborted between steps
 */
export async function translationComplexity(
  {
    network,
    diffusion,
    translator,
  }: { network: Network; diffusion: ScheduleOptions; translator: RunTranslator },
  { size, runs, mostSteps = Number.POSITIVE_INFINITY }: { size: number; runs: number; mostSteps?: number },
  machine: Machine,
): Promise<TranslationComplexity> {
  needCount('runs', runs);
  needCount('steps', mostSteps);
  const { steps, parameters, macs, sliceMacs, peakBytes } = await translationWork(network, diffusion, size);
  const memory = new MemoryWatch(peakBytes, machine);
  const stepsRun = Math.min(steps, mostSteps);
  const source = madeUpImage(size, 0);
  const seconds: number[] = [];
  try {
    for (let run = 0; run <= runs; run++) {
      const ms = await timeSteps(translator, source, stepsRun, machine, () => memory.look());
      // The first one compiles shaders.
      if (run > 0) seconds.push((ms / 1000) * (steps / stepsRun));
    }
  } finally {
    source.dispose();
  }
  return {
    parameters,
    steps,
    flopStep: FLOP_A_MAC * macs,
    flopSlice: FLOP_A_MAC * sliceMacs,
    secondsSlice: mean(seconds),
    runs: seconds,
    stepsRun,
    memory: memory.peak(),
  };
}

async function timeSteps(
  translator: RunTranslator,
  source: tf.Tensor4D,
  steps: number,
  { now, signal, pause }: Machine,
  look: () => void,
): Promise<number> {
  const [, height, width] = source.shape;
  const key = { seed: 1, sample: 0, slice: 0 } as const;
  const draws = {
    noise: (step: number) => normals({ ...key, step, stream: 'noise' }, height * width),
    latent: (step: number, length: number) => normals({ ...key, step, stream: 'latent' }, length),
  };
  const begin = now();
  let done = 0;
  for await (const image of translator.run(source, draws, signal)) {
    // Until it is read a GPU may still be at work.
    await image.data();
    look();
    if (done++ === steps) break;
    await pause?.();
  }
  return now() - begin;
}

export interface TrainingComplexity {
  /** Of all networks of the run, discriminators too. */
  parameters: number;
  /** Of one iteration without SynDiff's R1, with what is computed again to save memory. */
  flopIteration: number;
  /** Mean over the iterations. */
  secondsIteration: number;
  /** Of each iteration after the first, which is not counted: it compiles shaders, and has R1. */
  iterations: number[];
  /** Of a run as long as the settings say. */
  secondsTraining: number;
  memory: MemoryPeak;
}

/**
 * @param settings a preset's, with its method
 * @param iterations how many are timed, after one that is not
 * @throws BadRequest for settings that cannot train, or less than one iteration; Aborted soon after the signal
 */
export async function trainingComplexity(
  settings: TrainSettings,
  iterations: number,
  machine: Machine,
): Promise<TrainingComplexity> {
  needCount('iterations', iterations);
  const { macs, peakBytes, parameters } = await iterationWork(settings);
  const memory = new MemoryWatch(peakBytes, machine);
  const trainStep = await trainStepOf(settings.method);
  const state = startRun(settings);
  const size = trainedSize(settings);
  const images = { a: madeUpImage(size, 1, settings.batch), b: madeUpImage(size, 2, settings.batch) };
  const seconds: number[] = [];
  try {
    for (; state.step <= iterations; state.step++) {
      if (machine.signal?.aborted) throw new Aborted(CANCELLED);
      const begin = machine.now();
      const work = trainStep(state, images, settings.rates);
      const losses = [...(await inPieces(work, machine, machine.now, CANCELLED)).values()];
      for (const loss of losses) await loss.data();
      tf.dispose(losses);
      memory.look();
      if (state.step > 0) seconds.push((machine.now() - begin) / 1000);
      machine.onIteration?.();
      await machine.pause?.();
    }
  } finally {
    tf.dispose([images.a, images.b]);
    disposeNetworks(state.networks);
  }
  return {
    parameters,
    flopIteration: FLOP_A_MAC * macs,
    secondsIteration: mean(seconds),
    iterations: seconds,
    secondsTraining: mean(seconds) * settings.iterations,
    memory: memory.peak(),
  };
}

/** Keeps the most of what it sees. */
class MemoryWatch {
  private reserved = 0;
  private resident: number | null = null;

  constructor(
    private readonly tensorBytes: number,
    private readonly machine: Machine,
    private readonly backend: () => MemoryUse = memoryUse,
  ) {}

  look(): void {
    this.reserved = Math.max(this.reserved, this.backend().reservedBytes);
    const resident = this.machine.resident();
    if (resident !== null) this.resident = Math.max(this.resident ?? 0, resident);
  }

  peak(): MemoryPeak {
    return {
      tensorBytes: this.tensorBytes,
      reservedBytes: this.reserved,
      residentBytes: this.resident,
    };
  }
}

/** [batch, size, size, 1], uniform in [-1, 1): what an image shows does not matter to time and memory. */
function madeUpImage(size: number, number: number, batch = 1): tf.Tensor4D {
  const key: NoiseKey = { seed: 0, sample: 0, slice: number, step: 0, stream: 'noise' };
  const values = uniforms(key, batch * size * size).map((u) => 2 * u - 1);
  return tf.tensor4d(values, [batch, size, size, 1]);
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

function needCount(what: string, count: number): void {
  if (!(count >= 1))
    throw new BadRequest(`measurement: ${what} must be 1 or more, got ${count}; ask for more`);
}
