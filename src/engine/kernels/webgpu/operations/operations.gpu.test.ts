/**
 * Every operation and its gradient against its plain twin on the cpu backend, over odd sizes, channel counts and batches; on Chromium's
 * software driver where there is no other.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../../../../test/softwareVulkan';
import { nodeEnvironment } from '../../../../platform/node/environment';
import { leakyRelu } from '../../../autodiff/leakyRelu';
import { vjp } from '../../../autodiff/vjp';
import { NO_TRAINING_KERNELS, startEngine } from '../../../backend/backend';
import { hashNormals } from '../../../hash';
import {
  addToChannels,
  dense,
  groupNorm,
  instanceNorm,
  layerNorm,
  meanOverPositions,
  rescaledSum,
  scaledGroupNorm,
  silu,
} from '../../../networks/layers';
import { reflectPad } from '../../../networks/reflectPad';
import { firDown, firSmooth, firUp } from '../../../networks/resample';
import type { ParameterTable } from '../../../networks/table';
import * as tf from '../../../tf';
import { startAdam, updateByAdam } from '../../../training/adam';
import { r1Penalty } from '../../../training/losses';
import { parametersOf, type TrainedNetwork, updateAverage } from '../../../training/networks';
import { GPU_OPERATIONS, owns, useOnGpu } from '../../own';
import { inputGradient, weightGradient } from './knownAnswers';
import { type InUse, useGpuOperations } from './use';

const errors: Error[] = [];
const environment = await nodeEnvironment((error) => errors.push(error));
const adapter = await environment.gpu?.requestAdapter();

const FORWARD = 1e-5;
const GRADIENTS = 1e-4;

type Run = (...xs: tf.Tensor[]) => tf.Tensor;
type Values = { shape: number[]; data: Float32Array };

let seed = 0;
const values = (shape: number[]): Values => ({
  shape,
  // Away from 0, as images and their layers are.
  data: hashNormals(++seed, tf.util.sizeFromShape(shape)).map((v) => v + 0.3),
});
const tensorOf = ({ shape, data }: Values) => tf.tensor(data, shape);

/** The value, then the gradient of each input, on a backend. */
async function outputs(
  backend: 'webgpu' | 'cpu',
  run: Run,
  inputs: Values[],
  dy: (shape: number[]) => Values,
) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const made = tf.tidy(() => {
    const xs = inputs.map(tensorOf);
    const { value, pullback } = vjp(() => run(...xs), xs);
    return [value, ...pullback(tensorOf(dy(value.shape)))];
  });
  const data = await Promise.all(made.map((tensor) => tensor.data<'float32'>()));
  tf.dispose(made);
  expect(tf.memory().numTensors).toBe(before);
  return data;
}

const largest = (x: Float32Array): number => x.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The largest, as a part of the plain one's largest number. */
function differenceOf(plain: Float32Array, own: Float32Array): number {
  expect(largest(plain)).toBeGreaterThan(0);
  expect(own.length).toBe(plain.length);
  return largest(plain.map((v, i) => v - own[i])) / largest(plain);
}

/** Of the value, then of each gradient. */
async function differences(run: Run, shapes: number[][]): Promise<number[]> {
  const inputs = shapes.map(values);
  let slopes: Values | undefined;
  const dy = (shape: number[]) => (slopes ??= values(shape));
  const plain = await outputs('cpu', run, inputs, dy);
  const own = await outputs('webgpu', run, inputs, dy);
  return plain.map((one, i) => differenceOf(one, own[i]));
}

async function expectTwin(run: Run, shapes: number[][]): Promise<void> {
  const [value, ...gradients] = await differences(run, shapes);
  if (process.env.SYNDIFF_PRINT) console.log(shapes.join(' | '), value, ...gradients);
  expect(value).toBeLessThan(FORWARD);
  for (const gradient of gradients) expect(gradient).toBeLessThan(GRADIENTS);
}

const four = (x: tf.Tensor) => x as tf.Tensor4D;
const one = (x: tf.Tensor) => x as tf.Tensor1D;

describe.skipIf(!adapter)('operations for training on WebGPU', () => {
  let inUse: InUse;
  beforeAll(async () => {
    // A software adapter does not take them by itself.
    const { features } = await startEngine('webgpu', { ...environment, trains: true });
    expect(features).toContain(`${NO_TRAINING_KERNELS}: the WebGPU adapter runs in software`);
    expect(owns('norm')).toBe(false);
    inUse = await useGpuOperations(true);
  }, 300_000);
  afterAll(() => {
    expect(errors).toEqual([]);
    useOnGpu(null);
    tf.removeBackend('webgpu');
  });

  it('pass their known answers', async () => {
    expect(inUse).toEqual({ used: [...GPU_OPERATIONS], refused: [] });
  });

  it.each([
    [1, 16, 16, 16],
    [2, 13, 7, 12],
    [3, 5, 9, 6],
    [1, 3, 11, 5],
    [2, 12, 11, 100],
  ])('norms on %i x [%i, %i, %i]', async (b, h, w, c) => {
    const image = [b, h, w, c];
    const groups = [3, 4].map((size) => c / size).find(Number.isInteger) ?? 1;
    await expectTwin((x) => instanceNorm(four(x), 'relu'), [image]);
    await expectTwin(
      (x, weight, bias) => groupNorm({ weight: one(weight), bias: one(bias) }, four(x), groups, 1e-6, 'silu'),
      [image, [c], [c]],
    );
    await expectTwin(
      (x, scale, shift) => scaledGroupNorm(four(x), groups, 1e-6, four(scale), four(shift), { slope: 0.2 }),
      [image, [b, 1, 1, c], [b, 1, 1, c]],
    );
    await expectTwin(
      (x, weight, bias) => layerNorm({ weight: one(weight), bias: one(bias) }, four(x)),
      [image, [c], [c]],
    );
  });

  it('normalises what lies far from 0', async () => {
    await tf.setBackend('webgpu');
    const far = hashNormals(++seed, 40 * 40 * 6).map((v) => v + 1000);
    const normalised = async (data: Float32Array) => {
      const made = tf.tidy(() => instanceNorm(tf.tensor4d(data, [1, 40, 40, 6])));
      const numbers = await made.data<'float32'>();
      made.dispose();
      return numbers;
    };
    const a = await normalised(far);
    const b = await normalised(far.map((v) => v - 1000));
    // Means of 1000 leave 6e-5 of a number near 1.
    expect(largest(a.map((v, i) => v - b[i]))).toBeLessThan(2e-4);
  });

  it('normalises to the last digits of float32', async () => {
    await tf.setBackend('webgpu');
    const [side, c] = [128, 4];
    // Darker at its upper border by four times its noise, as heads in their background are.
    const x = hashNormals(++seed, side * side * c).map(
      (v, i) => v / 2 + 2 * Math.sin((3 * Math.floor(i / (side * c))) / side),
    );
    const made = tf.tidy(() => instanceNorm(tf.tensor4d(x, [1, side, side, c])));
    const own = await made.data<'float32'>();
    made.dispose();
    let squares = 0;
    for (let channel = 0; channel < c; channel++) {
      const of = Float64Array.from(x.filter((_, i) => i % c === channel));
      const mean = of.reduce((sum, v) => sum + v, 0) / of.length;
      const inverse = 1 / Math.sqrt(of.reduce((sum, v) => sum + (v - mean) ** 2, 0) / of.length + 1e-5);
      for (const [i, v] of of.entries()) squares += (own[i * c + channel] - (v - mean) * inverse) ** 2;
    }
    const error = Math.sqrt(squares / x.length);
    if (process.env.SYNDIFF_PRINT) console.log(error);
    // Rounding to float32 alone is 2.5e-8.
    expect(error).toBeLessThan(1.2e-7);
  });

  it.each([
    [[1, 8, 8, 3], 3, 4, 1, 1],
    [[2, 9, 7, 30], 3, 35, 1, 1],
    [[3, 9, 10, 2], 4, 33, 2, 1],
    [[1, 12, 7, 5], 7, 1, 1, 0],
    [[1, 9, 9, 4], 3, 6, 2, 0],
    [[2, 9, 7, 37], 1, 3, 2, 0],
    [[1, 11, 8, 2], 4, 3, 3, 2],
    [[1, 40, 40, 70], 1, 3, 1, 0],
  ] as [number[], number, number, number, number][])(
    'gradients of convolutions of %j by %i to %i, stride %i, pad %i',
    async (image, size, out, stride, pad) => {
      const [b, h, w, c] = image;
      const [height, width] = [h, w].map((side) => Math.floor((side + 2 * pad - size) / stride) + 1);
      const filterShape = [size, size, c, out];
      const inputs = [image, filterShape, [b, height, width, out]].map(values);
      const found: Float32Array[][] = [];
      for (const backend of ['cpu', 'webgpu']) {
        await tf.setBackend(backend);
        const made = tf.tidy(() => {
          const [x, filter, dy] = inputs.map((one) => four(tensorOf(one)));
          return [
            weightGradient(x, dy, filterShape, stride, pad),
            inputGradient(dy, filter, image, stride, pad),
          ];
        });
        found.push(await Promise.all(made.map((tensor) => tensor.data<'float32'>())));
        tf.dispose(made);
      }
      const errors = found[0].map((plain, i) => differenceOf(plain, found[1][i]));
      if (process.env.SYNDIFF_PRINT) console.log(image.join(), ...errors);
      for (const error of errors) expect(error).toBeLessThan(GRADIENTS);
    },
  );

  it.each([
    [1, 37, 21],
    [3, 8, 130],
    [33, 5, 70],
  ])('dense layers of %i rows, %i to %i', async (rows, inner, out) => {
    await expectTwin(
      (x, weight, bias) => dense({ weight: weight as tf.Tensor2D, bias: one(bias) }, x as tf.Tensor2D),
      [[rows, inner], [inner, out], [out]],
    );
  });

  it.each([
    [[1, 9, 4, 3], 3],
    [[2, 2, 7, 5], 1],
  ])('mirrors borders of %j, %i pixels', async (image, border) => {
    await expectTwin((x) => reflectPad(four(x), border), [image]);
  });

  it('transposes convolutions', async () => {
    // As R does (networks/resnetGenerator/run.ts).
    await expectTwin(
      (x, filter) => tf.conv2dTranspose(four(x), four(filter), [2, 11, 15, 9], 2, 'valid'),
      [
        [2, 5, 7, 6],
        [3, 3, 9, 6],
      ],
    );
  });

  it.each([
    [1, 6, 10, 3],
    [3, 2, 4, 8],
  ])('filters %i x [%i, %i, %i]', async (...image) => {
    for (const run of [firUp, firDown, firSmooth]) {
      await expectTwin((x) => run(four(x)), [image]);
    }
  });

  it.each([
    [1, 9, 11, 3],
    [2, 12, 6, 70],
  ])('sums and activations of %i x [%i, %i, %i]', async (b, h, w, c) => {
    const image = [b, h, w, c];
    await expectTwin((x, y) => rescaledSum(silu(four(x)), four(y)), [image, image]);
    await expectTwin((x) => leakyRelu(x, 0.2), [image]);
    await expectTwin((x, bias) => addToChannels(four(x), four(bias)), [image, [b, 1, 1, c]]);
    await expectTwin((x, bias) => addToChannels(four(x), four(bias)), [image, [1, 1, 1, c]]);
  });

  it('differentiates twice what R1 sees', async () => {
    const squared = (x: tf.Tensor4D) => {
      const y = firSmooth(firDown(firUp(x)));
      const z = rescaledSum(y, leakyRelu(y, 0.1));
      return tf.mul(z, z);
    };
    await expectTwin((x) => r1Penalty(squared, four(x)), [[2, 4, 6, 3]]);
    await expectTwin((x) => r1Penalty((v) => squared(reflectPad(v, 1)), four(x)), [[1, 4, 6, 2]]);
  });

  it('updates parameters of any sizes, several a dispatch, and nothing that others hold', async () => {
    const shapes = [[3, 3, 5, 7], [1], [70], [4], [64], [65], [2, 300], [9], [11, 3], [1]];
    const table: ParameterTable = shapes.map((shape, i) => ({
      ...{ path: `p${i}`, name: `p${i}`, kind: 'asIs', start: 'zero' },
      shape,
    }));
    const starts = shapes.map(values);
    const gradients = [0, 1, 2].map(() => shapes.map(values));
    const found: Float32Array[][] = [];
    for (const backend of ['cpu', 'webgpu']) {
      await tf.setBackend(backend);
      const before = tf.memory().numTensors;
      const tree = Object.fromEntries(starts.map((start, i) => [`p${i}`, tensorOf(start)]));
      const adam = startAdam(table, tree);
      const network = { spec: { table }, tree, adam, ema: null } as unknown as TrainedNetwork;
      const held = tree.p6.clone();
      const read: Float32Array[] = [];
      for (const all of gradients) {
        updateByAdam(table, tree, adam, all.map(tensorOf), 1e-2, 0.1);
        updateAverage(network, 0.9);
        // What was read is not what is read after the next update.
        read.push(...(await Promise.all([tree.p2, adam.mean[2]].map((x) => x.data<'float32'>()))));
      }
      expect(await held.data()).toEqual(starts[6].data);
      const all = [...parametersOf(network), ...adam.mean, ...adam.square, ...network.ema!];
      found.push([...read, ...(await Promise.all(all.map((x) => x.data<'float32'>())))]);
      tf.dispose([held, ...all]);
      expect(tf.memory().numTensors).toBe(before);
    }
    expect(found[0]).toHaveLength(6 + 4 * shapes.length);
    for (const [i, plain] of found[0].entries())
      expect(differenceOf(plain, found[1][i])).toBeLessThan(FORWARD);
  });

  it('takes means', async () => {
    const x = values([2, 20, 9, 5]);
    const found: Float32Array[] = [];
    for (const backend of ['cpu', 'webgpu']) {
      await tf.setBackend(backend);
      const made = tf.tidy(() => meanOverPositions(four(tensorOf(x))));
      expect(made.shape).toEqual([2, 1, 5]);
      found.push(await made.data<'float32'>());
      made.dispose();
    }
    expect(differenceOf(found[0], found[1])).toBeLessThan(FORWARD);
  });

  it('are not used where nobody wants them', async () => {
    await tf.setBackend('cpu');
    expect(owns('norm')).toBe(false);
    await tf.setBackend('webgpu');
    expect(owns('norm')).toBe(true);
  });

  it('are refused where they compute wrong, each by itself', async () => {
    const right = tf.getKernel('OwnFir', 'webgpu');
    const replaced = (kernel: tf.KernelConfig) => {
      tf.unregisterKernel('OwnFir', 'webgpu');
      tf.registerKernel(kernel);
    };
    replaced({
      ...right,
      kernelFunc: (call) => {
        const gain = (call.attrs!.gain as number) * 1.01;
        return right.kernelFunc({ ...call, attrs: { ...call.attrs, gain } });
      },
    });
    const { used, refused } = await useGpuOperations(true);
    replaced(right);
    expect(used).toEqual(GPU_OPERATIONS.filter((name) => name !== 'fir'));
    expect(refused.join()).toMatch(/^fir computes wrong on this machine/);
    expect(owns('fir')).toBe(false);
  });
});
