/** Slices at the model's size through the reverse chain: seeds, samples and batches, but nothing of scans or files. */
import { Aborted } from '../errors';
import { sampleChain } from './diffusion/sampler';
import type { Schedule } from './diffusion/schedule';
import { joinArrays } from './joinArrays';
import type { Generator } from './networks/ncsnpp';
import { runResnetGenerator } from './networks/resnetGenerator';
import { isResnet, type ResnetTranslator, type Translator } from './networks/translator';
import { normals } from './random';
import * as tf from './tf';

/**
 * What decides a result: the same settings give the same bytes in whatever order slices are done, and the same image up to
 * float32 rounding in another batch size.
 */
export interface TranslateSettings {
  seed: number;
  /** Number of samples that are averaged, 1..16. */
  samples: number;
  /** 'shared': all slices start from the same noise and latents (less flicker); 'independent': as the authors. */
  noise: 'shared' | 'independent';
}

export interface SliceInput {
  index: number;
  /** size*size pixels in [-1, 1], rows top to bottom. */
  pixels: Float32Array;
}

export interface SliceOutput {
  index: number;
  /** Mean over samples, size*size, [-1, 1] up to the chain's rounding. */
  mean: Float32Array;
  /** Standard deviation over samples (divided by N); null for one sample. */
  spread: Float32Array | null;
  /** First sample: x_T, then the x0 estimates of steps n-1 .. 0; of R, which has no chain, source and result. */
  chain: Float32Array[];
}

export interface TranslateHooks {
  signal?: AbortSignal;
  /** After every reverse step of every sample, with the number of slices in the batch. */
  onStep?: (slicesInBatch: number) => void;
  /** Awaited after every step: lets a worker hear a cancel, and throws if the device has failed. */
  pause?: () => Promise<void>;
}

/** Yields slices in the given order, `batch` at a time. R translates without chance: all samples are the same. */
export async function* translateSlices(
  translator: Translator,
  schedule: Schedule,
  slices: readonly SliceInput[],
  size: number,
  settings: TranslateSettings,
  hooks: TranslateHooks = {},
  batch = 1,
): AsyncGenerator<SliceOutput> {
  for (let start = 0; start < slices.length; start += batch) {
    const inputs = slices.slice(start, start + batch);
    yield* isResnet(translator)
      ? await translateByR(translator, inputs, size, settings, hooks)
      : await translateBatch(translator, schedule, inputs, size, settings, hooks);
  }
}

async function translateBatch(
  generator: Generator,
  schedule: Schedule,
  slices: readonly SliceInput[],
  size: number,
  { seed, samples, noise }: TranslateSettings,
  { signal, onStep, pause }: TranslateHooks,
): Promise<SliceOutput[]> {
  const b = slices.length;
  const pixels = size * size;
  const chains: Float32Array[][] = slices.map(() => []);
  const sums = slices.map(() => new Float64Array(pixels));
  const squares = slices.map(() => new Float64Array(pixels));
  const source = tf.tensor4d(joinArrays(slices.map((s) => s.pixels)), [b, size, size, 1]);
  try {
    for (let sample = 0; sample < samples; sample++) {
      const draw = (stream: 'noise' | 'latent', count: number) => (step: number) =>
        joinArrays(
          slices.map(({ index }) =>
            normals({ seed, sample, slice: noise === 'shared' ? 0 : index, step, stream }, count),
          ),
        );
      const noiseOf = draw('noise', pixels);
      const options = { noise: noiseOf, latent: draw('latent', generator.config.nz), signal };
      if (sample === 0) keep(chains, noiseOf(schedule.steps), pixels);
      for await (const { step, x0, x } of sampleChain(generator, schedule, source, options)) {
        if (sample === 0) keep(chains, await x0.data<'float32'>(), pixels);
        else if (step > 0) await x0.data(); // keeps the queue short, so that a cancel is heard within a step
        if (step === 0) accumulate(sums, squares, await x.data<'float32'>(), pixels);
        onStep?.(b);
        await pause?.();
      }
    }
  } finally {
    source.dispose();
  }
  return slices.map(({ index }, i) => ({
    index,
    mean: Float32Array.from(sums[i], (s) => s / samples),
    spread:
      samples === 1
        ? null
        : Float32Array.from(sums[i], (s, p) =>
            Math.sqrt(Math.max(0, squares[i][p] / samples - (s / samples) ** 2)),
          ),
    chain: chains[i],
  }));
}

async function translateByR(
  { weights }: ResnetTranslator,
  slices: readonly SliceInput[],
  size: number,
  { samples }: TranslateSettings,
  { signal, onStep, pause }: TranslateHooks,
): Promise<SliceOutput[]> {
  if (signal?.aborted) throw new Aborted('translation: cancelled');
  const pixels = size * size;
  const made = tf.tidy(() =>
    runResnetGenerator(
      weights,
      tf.tensor4d(joinArrays(slices.map((s) => s.pixels)), [slices.length, size, size, 1]),
    ),
  );
  const values = await made.data<'float32'>();
  made.dispose();
  for (let sample = 0; sample < samples; sample++) onStep?.(slices.length);
  await pause?.();
  return slices.map(({ index, pixels: source }, i) => {
    const mean = values.slice(i * pixels, (i + 1) * pixels);
    return { index, mean, spread: samples === 1 ? null : new Float32Array(pixels), chain: [source, mean] };
  });
}

function keep(chains: Float32Array[][], values: Float32Array, pixels: number): void {
  chains.forEach((chain, i) => {
    chain.push(values.slice(i * pixels, (i + 1) * pixels));
  });
}

function accumulate(
  sums: Float64Array[],
  squares: Float64Array[],
  values: Float32Array,
  pixels: number,
): void {
  sums.forEach((sum, i) => {
    for (let p = 0; p < pixels; p++) {
      const v = values[i * pixels + p];
      sum[p] += v;
      squares[i][p] += v * v;
    }
  });
}
