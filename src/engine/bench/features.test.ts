import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { blurred, noisy } from '../../../test/degrade';
import { nodeEnvironment } from '../../platform/node/environment';
import { phantomAnatomy, phantomVolume } from '../../volume/phantom';
import { resizeSquare } from '../../volume/slices';
import { startEngine } from '../backend/backend';
import { writeSafetensors } from '../formats/safetensors';
import { sha256 } from '../formats/sha256';
import { FEATURES } from '../networks/featureNetwork/config';
import { runFeatureHeads } from '../networks/featureNetwork/run';
import { uniformSource } from '../random';
import * as tf from '../tf';
import { sliceImage } from '../training/data';
import { volumeSlices } from '../training/dataset';
import type { FeatureSet } from './featureSet';
import { type FeatureNetwork, featuresOf, randomFeatureNetwork, trainedFeatureNetwork } from './features';
import { frechetDistance } from './frechet';
import { kernelDistance } from './kid';

const FOLDER = new URL('../../../public/features/fd-brain/', import.meta.url);

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const draws = (step: number) => uniformSource({ seed: 5, sample: 0, slice: 0, step, stream: 'noise' });

/** Slices of made-up heads, 64 x 64. */
function phantomImages(contrast: string, heads: readonly number[]): Float32Array[] {
  return heads.flatMap((head) => {
    const anatomy = phantomAnatomy(draws(2 * head), { shape: [64, 64, 8], zooms: [3.75, 3.75, 15] });
    const { name, image } = phantomVolume(anatomy, contrast, {
      name: `phantom-${head}_${contrast}`,
      uniform: draws(2 * head + 1),
    });
    const grid = { size: 64, pixelSize: 3.75, intensity: 'foreground-median' } as const;
    const set = volumeSlices(image, name, grid);
    return Array.from({ length: set.count }, (_, n) => sliceImage(set, n));
  });
}

const T1W = phantomImages('T1w', [0, 1, 2]);
const FLAIR = phantomImages('FLAIR', [0, 1, 2]);

describe.each([
  ['FD-random', async () => randomFeatureNetwork()],
  ['FD-brain', async () => trainedFeatureNetwork(await readFile(new URL('weights.safetensors', FOLDER)))],
])('%s', (_, open) => {
  let network: FeatureNetwork;
  let real: FeatureSet;
  beforeAll(async () => {
    network = await open();
    real = await featuresOf(network, T1W);
  });

  it('gives 128 numbers an image, whatever the others, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    expect(real).toMatchObject({ count: T1W.length, length: FEATURES });
    const [one] = [await featuresOf(network, [T1W[3]])];
    const alone = Array.from(real.values.subarray(3 * FEATURES, 4 * FEATURES));
    one.values.forEach((value, n) => {
      expect(Math.abs(value - alone[n])).toBeLessThan(1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
    expect((await featuresOf(network, [])).count).toBe(0);
  });

  it.each([
    ['blur', [0, 0.5, 1, 2], (image: Float32Array, by: number) => blurred(image, by)],
    ['noise', [0, 0.03, 0.06, 0.12], (image: Float32Array, by: number, n: number) => noisy(image, by, n)],
    [
      'the share of another contrast',
      [0, 0.25, 0.5, 1],
      (image: Float32Array, by: number, n: number) =>
        (n * 5) % T1W.length < by * T1W.length ? FLAIR[n % FLAIR.length] : image,
    ],
  ])('tells sets further apart with %s', async (_name, levels, change) => {
    const found: [number, number][] = [];
    for (const by of levels) {
      const set = await featuresOf(
        network,
        T1W.map((image, n) => change(image, by, n)),
      );
      found.push([frechetDistance(real, set), kernelDistance(real, set)]);
    }
    expect(found[0][0]).toBeLessThan(1e-9);
    for (const n of [1, 2, 3]) {
      expect(found[n][0]).toBeGreaterThan(found[n - 1][0]);
      expect(found[n][1]).toBeGreaterThan(found[n - 1][1]);
    }
  });
});

it('FD-random has the same weights everywhere', async () => {
  const { weights } = randomFeatureNetwork();
  const bytes = await Promise.all(
    weights.convs.map(async ({ weight }) => new Uint8Array((await weight.data()).buffer)),
  );
  const sums = await Promise.all(bytes.map(sha256));
  expect(sums.map((sum) => sum.slice(0, 8))).toEqual([
    'f9ce6df8',
    'be6e0dc8',
    '2043350b',
    'ac66d5d3',
    '36430c9d',
  ]);
});

it('FD-brain is the file that its card tells of, and knows contrasts and heights', async () => {
  const bytes = await readFile(new URL('weights.safetensors', FOLDER));
  const card = JSON.parse(await readFile(new URL('card.json', FOLDER), 'utf8'));
  expect(bytes.length).toBe(card.weights.bytes);
  expect(await sha256(bytes)).toBe(card.weights.sha256);
  const network = trainedFeatureNetwork(bytes);
  expect(network.contrasts).toEqual(card.contrasts);
  // What PyTorch makes of the same weights; float32 in another order.
  const waves = Float32Array.from({ length: 128 * 128 }, (_, at) => {
    const [row, column] = [Math.floor(at / 128), at % 128];
    return Math.sin(0.13 * row) * Math.cos(0.07 * column + 0.01 * row);
  });
  const { values } = await featuresOf(network, [waves]);
  [0.385368, 0.391225, 0.384843, 0.389994].forEach((value, n) => {
    expect(Math.abs(values[n] - value)).toBeLessThan(1e-4);
  });
  const { contrast, height } = runFeatureHeads(
    network.weights,
    tf.tensor2d(Float32Array.from(values), [1, FEATURES]),
  )!;
  [0.1897, -1.1802, 0.8602].forEach((value, n) => {
    expect(Math.abs(contrast.dataSync()[n] - value)).toBeLessThan(2e-3);
  });
  expect(Math.abs(height.dataSync()[0] - 0.2232)).toBeLessThan(2e-3);
  expect(runFeatureHeads(randomFeatureNetwork().weights, tf.zeros([1, FEATURES]))).toBeNull();
});

describe('images', () => {
  it('of any size are averaged down, or drawn between pixels', () => {
    const ramp = Float32Array.from({ length: 16 }, (_, at) => (at % 4) + 10 * Math.floor(at / 4));
    expect(Array.from(resizeSquare(ramp, 4, 2))).toEqual([5.5, 7.5, 25.5, 27.5]);
    expect(Array.from(resizeSquare(Float32Array.of(0, 4, 8, 12), 2, 4).subarray(0, 4))).toEqual([0, 1, 3, 4]);
  });

  it.each([
    ['no square', new Float32Array(6), /a square, got 6 pixels in image 2;/],
    ['empty', new Float32Array(0), /a square, got 0 pixels in image 2;/],
    ['a value that is none', new Float32Array(4).fill(Number.NaN), /finite numbers, got NaN in image 2;/],
  ])('are refused: %s', async (_, image, message) => {
    await expect(featuresOf(randomFeatureNetwork(), [new Float32Array(4), image])).rejects.toThrow(message);
  });

  it('stop where they are cancelled', async () => {
    const controller = new AbortController();
    let seen = 0;
    const images = (function* () {
      for (; seen < 64; seen++) yield new Float32Array(16);
    })();
    const pause = async () => controller.abort();
    const made = featuresOf(randomFeatureNetwork(), images, { signal: controller.signal, pause });
    await expect(made).rejects.toThrow('features: cancelled');
    expect(seen).toBeLessThan(40);
  });
});

it('a file of another network is refused', () => {
  const tensor = { dtype: 'F32', shape: [1], data: new Float32Array(1) } as const;
  const file = (metadata: Record<string, string>) =>
    writeSafetensors(new Map([['convs.0.weight', tensor]]), metadata);
  expect(() => trainedFeatureNetwork(file({}))).toThrow(/must name the contrasts that it tells, got none;/);
  expect(() => trainedFeatureNetwork(file({ contrasts: 'T1w' }))).toThrow(/convs.0.weight" must have shape/);
});
