/** Slices at the model's size through a translator: seeds, samples and batches, but nothing of scans or files. */
import { BadRequest } from '../errors';
import { joinArrays } from './joinArrays';
import type { Draws, RunTranslator } from './methods/translator';
import { normals } from './random';
import { type GIVEN_STYLE, type GivenStyle, isFixedStyle, MEAN_STYLE } from './style';
import * as tf from './tf';

/**
 * What decides a result: the same settings give the same bytes in whatever order slices are done, and the same image up to
 * float32 rounding in another batch size.
 */
export interface TranslateSettings {
  seed: number;
  /** Number of samples that are averaged, 1..16. */
  samples: number;
  /**
   * 'shared': all slices start from the same noise and latents (less flicker); 'independent': as the authors; 'mean' and 'given': nothing
   * is drawn, the style is the mean of all, or `style` (`style.ts`).
   */
  noise: 'shared' | 'independent' | typeof MEAN_STYLE | typeof GIVEN_STYLE;
  style?: GivenStyle;
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
  /** First sample: the translator's frames, size*size each; the last one is its result. */
  chain: Float32Array[];
}

export interface TranslateHooks {
  /** Slices at a time, 1 where not told: more keep a large GPU busy, and change images by float32 rounding alone. */
  batch?: number;
  signal?: AbortSignal;
  /** After every step of every sample, with the number of slices in the batch. */
  onStep?: (slicesInBatch: number) => void;
  /** Awaited after every step: lets a worker hear a cancel, and throws if the device has failed. */
  pause?: () => Promise<void>;
}

/**
 * Yields slices in the given order, each taken when its turn comes, `hooks.batch` at a time; where the memory is not enough for as many, by half as many from then on.
 * @throws Error naming the first slice that comes out as no finite numbers
 */
export async function* translateSlices(
  translator: RunTranslator,
  slices: Iterable<SliceInput>,
  size: number,
  settings: TranslateSettings,
  hooks: TranslateHooks = {},
): AsyncGenerator<SliceOutput> {
  let most = hooks.batch ?? 1;
  const inputs = slices[Symbol.iterator]();
  const waiting: SliceInput[] = [];
  for (;;) {
    while (waiting.length < most) {
      const next = inputs.next();
      if (next.done) break;
      waiting.push(next.value);
    }
    const batch = waiting.slice(0, most);
    if (batch.length === 0) return;
    let made: SliceOutput[];
    try {
      made = await translateBatch(translator, batch, size, settings, hooks);
    } catch (error) {
      if (batch.length === 1 || !isOutOfMemory(error)) throw error;
      most = Math.floor(batch.length / 2);
      continue;
    }
    waiting.splice(0, batch.length);
    yield* made;
  }
}

/** A GPU's own word, and what wasm and JavaScript throw where no memory is left. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.name === 'OutOfMemory');

async function translateBatch(
  { steps, keeps, random, run, ahead }: RunTranslator,
  slices: readonly SliceInput[],
  size: number,
  { seed, samples, noise, style }: TranslateSettings,
  { signal, onStep, pause }: TranslateHooks,
): Promise<SliceOutput[]> {
  const b = slices.length;
  const pixels = size * size;
  const chains: Float32Array[][] = slices.map(() => []);
  const sums = slices.map(() => new Float64Array(pixels));
  const squares = slices.map(() => new Float64Array(pixels));
  // Where nothing is drawn, one sample is all of them.
  const drawn = random && !isFixedStyle(noise) ? samples : 1;
  const source = tf.tensor4d(joinArrays(slices.map((s) => s.pixels)), [b, size, size, 1]);
  try {
    for (let sample = 0; sample < drawn; sample++) {
      const keys = slices.map(({ index }) => ({ seed, sample, slice: noise === 'shared' ? 0 : index }));
      const draw = (stream: 'noise' | 'latent', step: number, count: number) =>
        joinArrays(keys.map((key) => normals({ ...key, step, stream }, count)));
      const draws: Draws = {
        noise: (step) => draw('noise', step, pixels),
        latent: (step, length) =>
          isFixedStyle(noise)
            ? joinArrays(slices.map(() => styleValues(noise, style, length)))
            : draw('latent', step, length),
        keys,
      };
      const wanted: Wanted[] = [];
      try {
        let step = 0;
        for await (const image of run(source, draws, signal)) {
          const isWanted = step === steps || (sample === 0 && keeps(step));
          // Else it is read even where it is not wanted: that keeps the queue short, so that a cancel is heard within a step.
          const values = ahead?.() ? isWanted && tf.clone(image) : await image.data<'float32'>();
          if (isWanted && values) wanted.push(values);
          if (step++ === 0) continue;
          for (let told = drawn; told <= samples; told += drawn) onStep?.(b);
          await pause?.();
        }
        const images = await readTogether(wanted);
        if (sample === 0) for (const values of images) keep(chains, values, pixels);
        accumulate(sums, squares, images.at(-1)!, pixels);
      } finally {
        tf.dispose(wanted.filter((image) => image instanceof tf.Tensor));
      }
    }
  } finally {
    source.dispose();
  }
  for (const [i, { index }] of slices.entries())
    if (!sums[i].every(Number.isFinite))
      throw new Error(
        `slice ${index}: must come out as finite numbers, got others; the weights or this machine's backend compute wrong: try another model or backend`,
      );
  return slices.map(({ index }, i) => ({
    index,
    mean: Float32Array.from(sums[i], (s) => s / drawn),
    spread:
      samples === 1
        ? null
        : Float32Array.from(sums[i], (s, p) =>
            Math.sqrt(Math.max(0, squares[i][p] / drawn - (s / drawn) ** 2)),
          ),
    chain: chains[i],
  }));
}

/** Values, or the image that has them. */
type Wanted = Float32Array | tf.Tensor4D;

/** The values of each, those of images by one transfer from the device; images are borrowed. */
async function readTogether(wanted: readonly Wanted[]): Promise<Float32Array[]> {
  const images = wanted.filter((one): one is tf.Tensor4D => !(one instanceof Float32Array));
  if (images.length === 0) return wanted as Float32Array[];
  const joined = tf.concat(images);
  const values = await joined.data<'float32'>();
  joined.dispose();
  const { size } = images[0];
  let read = 0;
  return wanted.map((one) =>
    one instanceof Float32Array ? one : values.subarray(size * read, size * ++read),
  );
}

/** The mean of all styles is 0. */
function styleValues(noise: string, style: GivenStyle | undefined, length: number): Float32Array {
  if (noise === MEAN_STYLE) return new Float32Array(length);
  if (style?.values.length !== length)
    throw new BadRequest(
      `style: must have the model's ${length} numbers, got ${style?.values.length ?? 'none'}; read it off its scan again`,
    );
  return Float32Array.from(style.values);
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
