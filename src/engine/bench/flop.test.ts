import { beforeAll, describe, expect, it } from 'vitest';
import { type MethodId, trainingOf } from '../methods';
import { runMultiScaleDiscriminator } from '../networks/multiScaleDiscriminator/run';
import { multiScaleDiscriminatorTable } from '../networks/multiScaleDiscriminator/table';
import { runPatchDiscriminator } from '../networks/patchDiscriminator/run';
import { patchDiscriminatorTable } from '../networks/patchDiscriminator/table';
import { numberOfValues, type ParameterTable } from '../networks/table';
import * as tf from '../tf';
import { presetSettings, withMethod } from '../training/settings';
import { countWork, emptyImage, emptyTree, FLOP_A_MAC, iterationWork, translationWork } from './flop';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const paper = (method: MethodId) => withMethod(presetSettings('paper', { a: 'T1w', b: 'T2w' }), method);
const gflop = (macs: number) => Number(((FLOP_A_MAC * macs) / 1e9).toFixed(1));

describe("work at the paper's size", () => {
  // Parameters and GFLOP of BASELINES.md, counted from lists of layers.
  it.each([
    ['syndiff', 39_725_250, 140.9, 4],
    ['resnet', 7_825_153, 68.5, 1],
    ['cgan', 11_365_633, 97.5, 1],
    ['unit', 11_127_937, 140.4, 1],
    // With the MLP, without the style encoder, which does not translate.
    ['munit', 15_007_369 - 2_758_664, 140.4, 1],
    ['attgan', 34_861_797, 132.7, 1],
    ['sagan', 11_530_371, 101.5, 1],
    ['ddpm', 28_446_082, 124.5, 1000],
    ['unit-ddpm', 28_445_505, 124.4, 1000],
  ] as const)('of a step of %s', async (method, parameters, expected, steps) => {
    const settings = paper(method);
    const { network, diffusion } = trainingOf(settings);
    const work = await translationWork(network(settings), diffusion(settings), settings.size);
    expect(work.parameters).toBe(parameters);
    expect(gflop(work.macs)).toBe(expected);
    expect(work.steps).toBe(steps);
    expect(work.sliceMacs).toBe(steps * work.macs);
  });

  it.each([
    ['cgan', 1269],
    ['sagan', 1317],
    ['attgan', 1692],
  ] as const)('of an iteration of %s', async (method, expected) => {
    const { macs } = await iterationWork(paper(method));
    // The list takes both gradients of a first layer, whose image wants none.
    expect(Math.abs(gflop(macs) / expected - 1)).toBeLessThan(0.001);
  });

  const image = () => emptyImage(256);
  const multiScale = multiScaleDiscriminatorTable({ dim: 64, scales: 3 });
  const patch = patchDiscriminatorTable({ ndf: 64, n_layers: 3 });
  it.each([
    [
      'multi-scale discriminator',
      multiScale,
      8_265_027,
      4.3,
      (table: ParameterTable) => runMultiScaleDiscriminator(emptyTree(table), image()),
    ],
    [
      'PatchGAN',
      patch,
      2_762_689,
      6.2,
      (table: ParameterTable) => runPatchDiscriminator(emptyTree(table), image()),
    ],
  ])('of the %s', async (_, table, parameters, expected, run) => {
    const { macs } = await countWork(() => void run(table));
    expect(numberOfValues(table)).toBe(parameters);
    expect(gflop(macs)).toBe(expected);
  });
});

describe('count of work', () => {
  const matrix = (rows: number, columns: number) => tf.relu(tf.fill([rows, columns], 0)) as tf.Tensor2D;

  it('knows products and convolutions by what they multiply', async () => {
    const filter = () => tf.relu(tf.fill([3, 3, 8, 5], 0)) as tf.Tensor4D;
    const cases: [() => unknown, number][] = [
      [() => tf.matMul(matrix(2, 3), matrix(3, 7)), 2 * 3 * 7],
      [() => tf.matMul(matrix(3, 2), matrix(7, 3), true, true), 2 * 3 * 7],
      [() => tf.conv2d(emptyImage(6, 8, 2), filter(), 1, 'same'), 2 * 36 * 9 * 8 * 5],
      [() => tf.conv2d(emptyImage(6, 8), filter(), 2, 1), 9 * 9 * 8 * 5],
      [() => tf.conv2dTranspose(emptyImage(4, 5), filter(), [1, 9, 9, 8], 2, 'valid'), 16 * 9 * 8 * 5],
      // Means and sums over a norm's pixels are no layers.
      [() => tf.matMul(tf.fill([1, 3], 1 / 3) as tf.Tensor2D, matrix(3, 7)), 0],
      [() => tf.tanh(tf.add(matrix(3, 3), 1)), 0],
    ];
    for (const [run, macs] of cases) expect((await countWork(() => void run())).macs, String(run)).toBe(macs);
  });

  it('counts kernels that run, not other views of the same numbers', async () => {
    const run = () => void tf.reshape(tf.add(matrix(3, 4), 1), [12]);
    // Fill and relu make the matrix.
    expect((await countWork(run)).kernels).toBe(3);
  });

  it('tells the most bytes alive, the same every time', async () => {
    const run = () => {
      tf.tidy(() => tf.add(emptyImage(8), emptyImage(8)));
      emptyImage(4);
    };
    const [first, again] = [await countWork(run), await countWork(run)];
    // Two images, what they are made of, and the sum.
    expect(first.peakBytes).toBe(5 * 64 * 4);
    expect(again).toEqual(first);
  });

  it('leaves the backend and its tensors as they were, also after a failure', async () => {
    const mine = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    const fails = countWork(() => {
      emptyImage(4).dataSync();
    });
    await expect(fails).rejects.toThrow(/must not depend on values/);
    await countWork(() => void emptyImage(4));
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
    expect(Array.from(tf.mul(mine, 2).dataSync())).toEqual([2, 4, 6]);
  });

  it('refuses to leave out what it does not know', async () => {
    const run = () => void tf.complex(tf.fill([2], 1), tf.fill([2], 1));
    await expect(countWork(run)).rejects.toThrow(/Complex/);
    expect(tf.getBackend()).toBe('cpu');
  });
});
