/** Every operation of our own and its gradient against its plain twin, over odd sizes, channels that 4 does not divide and batches. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { nodeEnvironment } from '../../../../platform/node/environment';
import { leakyRelu } from '../../../autodiff/leakyRelu';
import { vjp } from '../../../autodiff/vjp';
import { startEngine } from '../../../backend/backend';
import { hashNormals } from '../../../hash';
import {
  adaptiveGroupNorm,
  addToChannels,
  conv2d,
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
import * as tf from '../../../tf';
import { r1Penalty } from '../../../training/losses';
import { ownKernels, wantOwnKernels } from '../kernels';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
  expect(ownKernels()).not.toBeNull();
});

let seed = 0;
const random = (shape: readonly number[]): tf.Tensor =>
  tf.tensor(hashNormals(++seed, tf.util.sizeFromShape([...shape])), [...shape]);

const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0];

/** Of each tensor the largest difference of the two ways over the largest value of the plain one. */
function differences(run: () => tf.Tensor[]): number[] {
  return tf.tidy(() => {
    wantOwnKernels(false);
    const plain = run();
    wantOwnKernels(true);
    const own = run();
    expect(own.map(({ shape }) => shape)).toEqual(plain.map(({ shape }) => shape));
    expect(plain.every((x) => largest(x) > 0)).toBe(true);
    return own.map((x, i) => largest(tf.sub(x, plain[i])) / largest(plain[i]));
  });
}

type Run = (...xs: tf.Tensor[]) => tf.Tensor;

/** The value, then the gradient of each input. */
function valueAndGradients(run: Run, xs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const { value, pullback } = vjp(() => run(...xs), xs);
  return [value, ...pullback(dy)];
}

// Sums of up to a few thousand float32, in another order; gradients of one number are sums of what nearly cancels.
const CLOSE = 1e-5;
const GRADIENTS_CLOSE = 1e-4;

function expectTwin(run: Run, shapes: readonly (readonly number[])[]): void {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    // Away from 0, as images and their layers are.
    const xs = shapes.map((shape) => tf.add(random(shape), 0.3) as tf.Tensor);
    const dy = random(run(...xs).shape);
    const [value, ...gradients] = differences(() => valueAndGradients(run, xs, dy));
    expect(value).toBeLessThan(CLOSE);
    for (const gradient of gradients) expect(gradient).toBeLessThan(GRADIENTS_CLOSE);
    const [unrecorded] = differences(() => [run(...xs)]);
    expect(unrecorded).toBeLessThan(CLOSE);
  });
  expect(tf.memory().numTensors).toBe(before);
}

/** Batch, height, width, channels. */
const IMAGES: [number, number, number, number][] = [
  [1, 16, 16, 16],
  [2, 13, 7, 12],
  [3, 5, 9, 6],
  [2, 6, 4, 3],
  [1, 3, 11, 5],
  [2, 20, 30, 8],
];

const four = (x: tf.Tensor) => x as tf.Tensor4D;
const one = (x: tf.Tensor) => x as tf.Tensor1D;

describe.each(IMAGES)('on %i x [%i, %i, %i]', (b, h, w, c) => {
  const image = [b, h, w, c];
  const groups = [3, 4].map((size) => c / size).find(Number.isInteger) ?? 1;

  it.each(['none', 'relu', 'silu', { slope: 0.2 }] as const)('norms, then %j', (activation) => {
    expectTwin((x) => instanceNorm(four(x), activation), [image]);
    const affine: Run = (x, weight, bias) =>
      groupNorm({ weight: one(weight), bias: one(bias) }, four(x), groups, 1e-6, activation);
    expectTwin(affine, [image, [c], [c]]);
    const ofImages: Run = (x, scale, shift) =>
      scaledGroupNorm(four(x), groups, 1e-6, four(scale), four(shift), activation);
    expectTwin(ofImages, [image, [b, 1, 1, c], [b, 1, 1, c]]);
    const layer: Run = (x, weight, bias) =>
      layerNorm({ weight: one(weight), bias: one(bias) }, four(x), activation);
    expectTwin(layer, [image, [c], [c]]);
  });

  it.runIf(c % 4 === 0)('norms by a style', () => {
    const run: Run = (x, z, weight, bias) =>
      adaptiveGroupNorm(
        { style: { weight: weight as tf.Tensor2D, bias: one(bias) } },
        four(x),
        z as tf.Tensor2D,
        'silu',
      );
    expectTwin(run, [image, [b, 5], [5, 2 * c], [2 * c]]);
  });

  it('adds a bias, for each image or for all', () => {
    const run: Run = (x, bias) => addToChannels(four(x), four(bias));
    expectTwin(run, [image, [b, 1, 1, c]]);
    expectTwin(run, [image, [1, 1, 1, c]]);
  });

  it('convolves with a bias', () => {
    const run: Run = (x, weight, bias) => conv2d({ weight: four(weight), bias: one(bias) }, four(x), 1, 1);
    // Winograd's sums differ by a few units more.
    tf.tidy(() => {
      const xs = [image, [3, 3, c, 5], [5]].map((shape) => random(shape));
      const dy = random(run(...xs).shape);
      for (const difference of differences(() => valueAndGradients(run, xs, dy)))
        expect(difference).toBeLessThan(2e-5);
    });
  });

  it('mirrors its border', () => {
    expectTwin((x) => reflectPad(four(x), 1), [image]);
    if (Math.min(h, w) > 3) expectTwin((x) => reflectPad(four(x), 3), [image]);
  });

  it('filters', () => {
    expectTwin((x) => firUp(four(x)), [image]);
    expectTwin((x) => firSmooth(four(x)), [image]);
    expectTwin((x) => firDown(four(x)), [[b, 2 * h, 2 * w, c]]);
  });

  it('activates and adds', () => {
    expectTwin((x) => leakyRelu(x, 0.2), [image]);
    expectTwin((x) => silu(x), [image]);
    expectTwin((x, y) => rescaledSum(four(x), four(y)), [image, image]);
  });

  it('takes means', () => {
    expectTwin((x) => meanOverPositions(four(x)), [image]);
  });

  it('has second derivatives of what R1 sees', () => {
    const penalties: ((x: tf.Tensor4D) => tf.Tensor)[] = [
      (x) => leakyRelu(x, 0.2),
      firUp,
      firSmooth,
      (x) => firDown(firUp(x)),
      (x) => reflectPad(x, 1),
      (x) => rescaledSum(x, leakyRelu(x, 0.1)),
    ];
    for (const run of penalties) {
      const cubed = (x: tf.Tensor4D) => {
        const y = run(x);
        return tf.mul(y, tf.mul(y, y));
      };
      expectTwin((x) => r1Penalty(cubed, four(x)), [image]);
    }
  });
});

it.each([
  [1, 64, 64],
  [2, 7, 5],
  [3, 16, 9],
  [4, 5, 3],
  [37, 12, 16],
  [64, 8, 7],
])('dense layers of %i rows, %i to %i', (rows, k, n) => {
  const run: Run = (x, weight, bias) =>
    dense({ weight: weight as tf.Tensor2D, bias: one(bias) }, x as tf.Tensor2D);
  expectTwin(run, [[rows, k], [k, n], [n]]);
});

it.each([
  [[2], 8, 8, 12],
  [[], 5, 7, 9],
  [[2, 3], 16, 5, 8],
  [[1], 3, 20, 4],
] as [number[], number, number, number][])('products of %j matrices, %i x %i by %i', (batch, m, k, n) => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ]) {
    const a = [...batch, ...(transposeA ? [k, m] : [m, k])];
    const b = [...batch, ...(transposeB ? [n, k] : [k, n])];
    expectTwin((x, y) => tf.matMul(x, y, transposeA, transposeB), [a, b]);
  }
});

it('clones without a copy, and each clone by itself', () => {
  const kernels = ownKernels()!;
  const x = random([5]);
  const values = x.dataSync();
  const clone = tf.clone(x);
  expect(kernels.addressOf(clone)).toBe(kernels.addressOf(x));
  x.dispose();
  expect(clone.dataSync()).toEqual(values);
  clone.dispose();
});

it('normalises what lies far from 0', () => {
  tf.tidy(() => {
    const x = tf.add(random([1, 40, 40, 6]), 1000) as tf.Tensor4D;
    const exact = tf.sub(x, 1000) as tf.Tensor4D;
    wantOwnKernels(true);
    // Means of 1000 leave 6e-5 of a number near 1.
    expect(largest(tf.sub(instanceNorm(x), instanceNorm(exact)))).toBeLessThan(2e-4);
  });
});

it('leaves what is differentiated twice to plain operations, where it has no second derivative', () => {
  const run = vi.spyOn(tf.engine(), 'runKernel');
  tf.tidy(() => {
    const [x, weight, bias] = [[1, 6, 6, 4], [3, 3, 4, 4], [4]].map((shape) => random(shape));
    const layer = (v: tf.Tensor4D) =>
      conv2d({ weight: four(weight), bias: one(bias) }, addToChannels(v, tf.reshape(bias, [1, 1, 1, 4])));
    const gradients = (loss: () => tf.Scalar) => {
      const { value, pullback } = vjp(loss, [weight]);
      value.dispose();
      return pullback();
    };
    const called = () => run.mock.calls.splice(0).map(([name]) => name);
    gradients(() => tf.sum(layer(four(x))));
    expect(called()).toEqual(expect.arrayContaining(['OwnConv2D', 'OwnAddToChannels']));
    const square = (v: tf.Tensor4D) => tf.square(layer(v));
    gradients(() => r1Penalty(square, four(x)));
    const twice = called();
    expect(twice).toContain('Conv2D');
    for (const name of ['OwnConv2D', 'OwnAddToChannels']) expect(twice).not.toContain(name);
  });
  run.mockRestore();
});

it('computes the same to the bit each time', () => {
  tf.tidy(() => {
    const [x, dy] = [random([2, 9, 7, 12]), random([2, 9, 7, 12])];
    const values = () =>
      valueAndGradients((v) => instanceNorm(four(v), 'silu'), [x], dy).map((tensor) => tensor.dataSync());
    const first = values();
    for (let i = 0; i < 5; i++) expect(values()).toEqual(first);
  });
});
