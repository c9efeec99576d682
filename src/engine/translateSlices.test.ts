import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { twoLevelConfig } from '../../test/tinyModel';
import { OutOfMemory } from '../errors';
import { nodeEnvironment } from '../platform/node/environment';
import { startEngine } from './backend/backend';
import { PAPER_SCHEDULE } from './diffusion/schedule';
import { hashNormals, hashWeights } from './hash';
import { loadTranslator, type RunTranslator, type Translator } from './methods/translator';
import { ncsnppTable } from './networks/ncsnpp/table';
import { disposeTree, loadTree } from './networks/parameters';
import { type ResnetGeneratorWeights, runResnetGenerator } from './networks/resnetGenerator/run';
import { resnetGeneratorTable } from './networks/resnetGenerator/table';
import * as tf from './tf';
import { type SliceOutput, type TranslateSettings, translateSlices } from './translateSlices';

const CONFIG = twoLevelConfig();
const SIZE = CONFIG.image_size;
const slices = [4, 5, 6].map((index) => ({
  index,
  pixels: hashNormals(index, SIZE * SIZE).map((v) => Math.tanh(v)),
}));
const settings: TranslateSettings = { seed: 11, samples: 2, noise: 'independent' };

let generator: Translator;

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
  const network = { method: 'syndiff', ...CONFIG } as const;
  generator = await loadTranslator(
    { network, diffusion: PAPER_SCHEDULE },
    hashWeights(3, ncsnppTable(CONFIG)),
  );
});
afterAll(() => generator.dispose());

async function translate(
  order: number[],
  change: Partial<TranslateSettings> = {},
  batch = 1,
): Promise<Map<number, SliceOutput>> {
  const out = new Map<number, SliceOutput>();
  const inputs = order.map((i) => slices.find((s) => s.index === i)!);
  for await (const slice of translateSlices(generator, inputs, SIZE, { ...settings, ...change }, { batch })) {
    out.set(slice.index, slice);
  }
  return out;
}

describe('translateSlices', () => {
  it('gives the same bytes in any order, and the same image in any batch', async () => {
    const straight = await translate([4, 5, 6]);
    expect(await translate([6, 4, 5])).toEqual(new Map([6, 4, 5].map((i) => [i, straight.get(i)])));
    // Products of more rows are summed in another order: float32 rounding, 2e-7 here, over four steps.
    const batched = await translate([4, 5, 6], {}, 2);
    for (const [index, { mean }] of straight) {
      const off = mean.map((v, p) => Math.abs(v - batched.get(index)!.mean[p]));
      expect(Math.max(...off)).toBeLessThan(1e-5);
    }
    expect((await translate([5])).get(5)).toEqual(straight.get(5));
  });

  it('takes half as many slices at a time where the memory is not enough, and no fewer than one', async () => {
    const asked: number[] = [];
    const least = (most: number, error: Error): RunTranslator => ({
      ...generator,
      run: (source, draws, signal) => {
        asked.push(source.shape[0]);
        if (source.shape[0] > most) throw error;
        return generator.run(source, draws, signal);
      },
    });
    const got = async (translator: RunTranslator) => {
      const indices: number[] = [];
      for await (const { index } of translateSlices(
        translator,
        slices,
        SIZE,
        { ...settings, samples: 1 },
        { batch: 4 },
      ))
        indices.push(index);
      return indices;
    };
    expect(await got(least(1, new OutOfMemory('used up')))).toEqual([4, 5, 6]);
    expect(asked.splice(0)).toEqual([3, 1, 1, 1]);
    await expect(got(least(0, new RangeError('no memory')))).rejects.toThrow('no memory');
    expect(asked.splice(0)).toEqual([3, 1]);
    await expect(got(least(1, new Error('another reason')))).rejects.toThrow('another reason');
    expect(asked).toEqual([3]);
  });

  it('reads a slice once, with all that is kept, where images need not be read on the way', async () => {
    const before = tf.memory().numTensors;
    const want = await translate([4, 5]);
    const data = vi.spyOn(tf.Tensor.prototype, 'data');
    const got = async (ahead: () => boolean) => {
      const out = new Map<number, SliceOutput>();
      const run = translateSlices({ ...generator, ahead }, slices.slice(0, 2), SIZE, settings, { batch: 1 });
      for await (const slice of run) out.set(slice.index, slice);
      return out;
    };
    const readsOf = async (ahead: () => boolean) => {
      data.mockClear();
      expect(await got(ahead)).toEqual(want);
      const images = data.mock.contexts.filter((tensor) => (tensor as tf.Tensor).size >= SIZE * SIZE);
      return images.length;
    };
    // Two slices of two samples, five images each.
    expect(await readsOf(() => false)).toBe(20);
    expect(await readsOf(() => true)).toBe(4);
    // Kernels that are given up on the way: the order stays.
    let asked = 0;
    expect(await readsOf(() => asked++ < 3)).toBe(1 + 17);
    data.mockRestore();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('depends on the seed and on the kind of noise', async () => {
    const { mean } = (await translate([5])).get(5)!;
    expect((await translate([5], { seed: 12 })).get(5)!.mean).not.toEqual(mean);
    expect((await translate([5], { noise: 'shared' })).get(5)!.mean).not.toEqual(mean);
  });

  it('averages samples and gives their spread', async () => {
    const two = (await translate([4])).get(4)!;
    const one = (await translate([4], { samples: 1 })).get(4)!;
    expect(one.spread).toBeNull();
    // Two samples a, b: mean (a+b)/2, spread |a-b|/2, so a is mean + spread or mean - spread.
    const off = one.mean.map((a, p) => Math.abs(Math.abs(a - two.mean[p]) - two.spread![p]));
    expect(Math.max(...off)).toBeLessThan(1e-5);
    expect(Math.max(...two.spread!)).toBeGreaterThan(0.01);
  });

  it('keeps the chain: x_T, then one estimate a step, the last one the result', async () => {
    const { chain, mean } = (await translate([4], { samples: 1 })).get(4)!;
    expect(chain.map((frame) => frame.length)).toEqual(new Array(5).fill(SIZE * SIZE));
    const spread = (x: Float32Array) => Math.sqrt(x.reduce((s, v) => s + v * v, 0) / x.length);
    expect(spread(chain[0])).toBeGreaterThan(0.8); // N(0, 1)
    expect(Math.max(...chain[3].map(Math.abs))).toBeLessThanOrEqual(1); // tanh
    expect(chain[4]).toEqual(mean);
  });

  it('stops within one reverse step and leaves no tensor behind', async () => {
    await translate([4]);
    const before = tf.memory().numTensors;
    const abort = new AbortController();
    let steps = 0;
    const run = async () => {
      const hooks = {
        signal: abort.signal,
        onStep: () => {
          steps++;
          if (steps === 3) abort.abort();
        },
      };
      for await (const _ of translateSlices(generator, slices, SIZE, settings, hooks));
    };
    await expect(run()).rejects.toMatchObject({ name: 'Aborted' });
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    await translate([4, 5, 6], {}, 3);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('stops at a slice that comes out as no numbers, and loads no weights that are none', async () => {
  const [first, second] = slices;
  const broken = { ...second, pixels: second.pixels.map((v, n) => (n === 7 ? Number.NaN : v)) };
  const run = translateSlices(generator, [first, broken], SIZE, settings);
  expect((await run.next()).value?.index).toBe(first.index);
  await expect(run.next()).rejects.toThrow(`slice ${second.index}: must come out as finite numbers`);

  const state = hashWeights(3, ncsnppTable(CONFIG));
  const [[name, { data }]] = state;
  data[1] = Number.POSITIVE_INFINITY;
  const network = { method: 'syndiff', ...CONFIG } as const;
  await expect(loadTranslator({ network, diffusion: PAPER_SCHEDULE }, state)).rejects.toThrow(
    `weights: "${name}" must hold finite numbers, got Infinity as value 2 of ${data.length};`,
  );
});

it('translates by R in one pass, without chance', async () => {
  const network = { method: 'resnet', ngf: 4, n_blocks: 2 } as const;
  const table = resnetGeneratorTable(network);
  const state = hashWeights(5, table);
  const r = await loadTranslator({ network, diffusion: PAPER_SCHEDULE }, state);
  const weights = loadTree<ResnetGeneratorWeights>(table, state);
  const steps: number[] = [];
  const hooks = { batch: 2, onStep: (count: number) => steps.push(count) };
  const done: SliceOutput[] = [];
  for await (const slice of translateSlices(r, slices, SIZE, settings, hooks)) done.push(slice);
  expect(done.map(({ index }) => index)).toEqual([4, 5, 6]);
  // Two samples of two slices, then of one.
  expect(steps).toEqual([2, 2, 1, 1]);
  for (const [n, { mean, spread, chain }] of done.entries()) {
    const direct = tf.tidy(() =>
      runResnetGenerator(weights, tf.tensor4d(slices[n].pixels, [1, SIZE, SIZE, 1])),
    );
    const wanted = await direct.data();
    direct.dispose();
    expect(Math.max(...mean.map((v, at) => Math.abs(v - wanted[at])))).toBeLessThan(1e-5);
    expect(spread!.every((v) => v === 0)).toBe(true);
    expect(chain).toEqual([slices[n].pixels, mean]);
  }
  const stopped = translateSlices(r, slices, SIZE, settings, { signal: AbortSignal.abort() });
  await expect(stopped.next()).rejects.toMatchObject({ name: 'Aborted' });
  r.dispose();
  disposeTree(table, weights);
});
