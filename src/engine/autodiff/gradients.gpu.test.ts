/**
 * Every derivative that replaces one of TensorFlow.js's, against finite differences: of first order for all, of second order
 * (gradient of a squared gradient, as in R1) where a discriminator uses it, on WebGPU with SYNDIFF_KERNELS.
 */
import '../../../test/softwareVulkan';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import {
  addToChannels,
  affineGroupNorm,
  conv2d,
  instanceNorm,
  layerNorm,
  maxPool2,
  silu,
} from '../networks/layers';
import { averageDown } from '../networks/multiScaleDiscriminator/run';
import { reflectPad } from '../networks/reflectPad';
import { firDown, firSmooth, firUp, naiveDown, naiveUp } from '../networks/resample';
import { normals } from '../random';
import * as tf from '../tf';
import { leakyRelu } from './leakyRelu';
import { recomputed } from './recompute';
import { vjp } from './vjp';

const environment = await nodeEnvironment(() => {});
const adapter = await environment.gpu?.requestAdapter();
/** webgpu only where there is an adapter, a software one at least. */
const BACKENDS = ['cpu', 'wasm', ...(adapter ? (['webgpu'] as const) : [])] as const;
let seed = 0;
const random = (shape: readonly number[]): tf.Tensor4D =>
  tf.tensor(
    normals(
      { seed: ++seed, sample: 0, slice: 0, step: 0, stream: 'noise' },
      shape.reduce((a, b) => a * b, 1),
    ),
    shape as [number, number, number, number],
  );

beforeEach(() => {
  seed = 0;
});

interface Operation {
  name: string;
  shapes: number[][];
  run: (...xs: tf.Tensor4D[]) => tf.Tensor;
  secondOrder?: boolean;
}

const OPERATIONS: Operation[] = [
  { name: 'leakyRelu', shapes: [[2, 5, 4, 3]], run: (x) => leakyRelu(x, 0.2), secondOrder: true },
  { name: 'firUp', shapes: [[1, 4, 6, 3]], run: firUp, secondOrder: true },
  { name: 'firDown', shapes: [[2, 6, 4, 3]], run: firDown, secondOrder: true },
  { name: 'firSmooth', shapes: [[1, 6, 4, 2]], run: firSmooth, secondOrder: true },
  { name: 'naiveUp', shapes: [[1, 3, 4, 2]], run: naiveUp, secondOrder: true },
  { name: 'naiveDown', shapes: [[1, 4, 6, 2]], run: naiveDown, secondOrder: true },
  { name: 'reflectPad', shapes: [[2, 5, 6, 2]], run: (x) => reflectPad(x, 3), secondOrder: true },
  { name: 'silu', shapes: [[2, 3, 4, 2]], run: (x) => silu(x) },
  {
    name: 'addToChannels, a bias for each entry',
    shapes: [
      [2, 3, 4, 5],
      [2, 1, 1, 5],
    ],
    run: addToChannels,
    secondOrder: true,
  },
  {
    name: 'addToChannels, one bias',
    shapes: [
      [2, 3, 4, 5],
      [1, 1, 1, 5],
    ],
    run: addToChannels,
    secondOrder: true,
  },
  {
    name: 'affineGroupNorm',
    shapes: [[2, 4, 3, 16], [16], [16]],
    run: (x, weight, bias) =>
      affineGroupNorm({ weight: weight as unknown as tf.Tensor1D, bias: bias as unknown as tf.Tensor1D }, x),
  },
  { name: 'maxPool2', shapes: [[2, 4, 6, 3]], run: maxPool2 },
  { name: 'maxPool2 of what is below 0', shapes: [[1, 4, 4, 2]], run: (x) => maxPool2(tf.sub(x, 5)) },
  { name: 'averageDown', shapes: [[2, 6, 4, 1]], run: averageDown },
  {
    name: 'layerNorm',
    shapes: [[2, 4, 3, 5], [5], [5]],
    run: (x, weight, bias) =>
      layerNorm({ weight: weight as unknown as tf.Tensor1D, bias: bias as unknown as tf.Tensor1D }, x),
  },
  { name: 'instanceNorm', shapes: [[2, 5, 4, 3]], run: (x) => instanceNorm(x) },
  ...[
    { kernel: 3, stride: 1, pad: 1 },
    { kernel: 3, stride: 2, pad: 0 },
    { kernel: 4, stride: 2, pad: 1 },
    { kernel: 4, stride: 1, pad: 1 },
    { kernel: 7, stride: 1, pad: 0 },
    { kernel: 1, stride: 1, pad: 0 },
  ].map(({ kernel, stride, pad }) => ({
    name: `conv2d ${kernel}x${kernel}, stride ${stride}, pad ${pad}`,
    shapes: [[2, 8, 9, 3], [kernel, kernel, 3, 4], [4]],
    run: (x: tf.Tensor4D, weight: tf.Tensor4D, bias: tf.Tensor4D) =>
      conv2d({ weight, bias: bias as unknown as tf.Tensor1D }, x, stride, pad),
    secondOrder: true,
  })),
  {
    name: 'conv2dTranspose, stride 2',
    shapes: [
      [1, 4, 5, 3],
      [3, 3, 2, 3],
    ],
    run: (x, weight) => tf.conv2dTranspose(x, weight, [1, 9, 11, 2], 2, 'valid'),
  },
  {
    name: 'recomputed',
    shapes: [
      [1, 4, 4, 2],
      [3, 3, 2, 2],
    ],
    run: (x, weight) =>
      recomputed((v: tf.Tensor4D) => tf.tanh(tf.conv2d(v, weight, 1, 1)) as tf.Tensor4D, [x], [weight]),
  },
];

describe.each(BACKENDS)('derivatives on %s', (backend) => {
  beforeAll(async () => {
    expect((await startEngine(backend, environment)).backend).toBe(backend);
    // A software GPU takes its time for the self-test.
  }, 120_000);

  it.each(OPERATIONS)('$name: first derivative', async ({ shapes, run }) => {
    const before = tf.memory().numTensors;
    const measured = tf.tidy(() => {
      const xs = shapes.map(random);
      const dy = random(run(...xs).shape);
      // Not linear in the operation, so that its gradient must be taken at the right place.
      const loss = (...at: tf.Tensor4D[]): tf.Scalar => {
        const y = run(...at);
        return tf.sum(tf.mul(tf.mul(y, y), dy));
      };
      return measure(loss, xs);
    });
    await expectDerivatives(measured);
    expect(tf.memory().numTensors).toBe(before);
  });

  // A software GPU takes half a minute for these: there where they are asked for, and on wasm and cpu always.
  const twice = backend !== 'webgpu' || process.env.SYNDIFF_KERNELS !== undefined;
  it.runIf(twice).each(OPERATIONS.filter((o) => o.secondOrder))(
    '$name: gradient of a squared gradient',
    async ({ shapes, run }) => {
      const before = tf.memory().numTensors;
      const measured = tf.tidy(() => {
        const xs = shapes.map(random);
        const penalty = (...at: tf.Tensor4D[]): tf.Scalar => {
          const inner = tf.grad((x: tf.Tensor) => {
            const y = run(x as tf.Tensor4D, ...at.slice(1));
            return tf.sum(tf.mul(y, tf.mul(y, y)));
          });
          return tf.sum(tf.square(inner(at[0])));
        };
        return measure(penalty, xs);
      });
      await expectDerivatives(measured);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

const H = 2e-3;

/** Of each input, along a random direction v: f at x + h v, x - h v, x + 2h v, x - 2h v; <gradient, v>; |gradient|, |v|. */
function measure(f: (...xs: tf.Tensor4D[]) => tf.Scalar, xs: tf.Tensor4D[]): tf.Tensor[] {
  const { value, pullback } = vjp(() => f(...xs), xs);
  value.dispose();
  const gradients = pullback();
  return xs.map((x, i) => {
    const direction = random(x.shape);
    const along = (h: number) =>
      f(...xs.map((other, n) => (n === i ? (tf.add(x, tf.mul(direction, h)) as tf.Tensor4D) : other)));
    const exact = tf.sum(tf.mul(gradients[i], direction));
    return tf.stack([...[H, -H, 2 * H, -2 * H].map(along), exact, tf.norm(gradients[i]), tf.norm(direction)]);
  });
}

/** (f(x + h v) - f(x - h v)) / 2h against <gradient, v>. */
async function expectDerivatives(measured: tf.Tensor[]): Promise<void> {
  for (const tensor of measured) {
    const [up, down, farUp, farDown, exact, gradient, direction] = await tensor.data();
    // Richardson's extrapolation: the error of the differences is of fourth order, so h need not be tiny in float32.
    const numeric = (8 * (up - down) - (farUp - farDown)) / (12 * H);
    expect(gradient * direction).toBeGreaterThan(0);
    expect(Math.abs(numeric - exact) / (gradient * direction)).toBeLessThan(2e-3);
    tensor.dispose();
  }
}
