/**
 * Every derivative that replaces one of TensorFlow.js's, against finite differences: of first order for all, of second order
 * (gradient of a squared gradient, as in R1) where a discriminator uses it.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addToChannels, affineGroupNorm, conv2d, instanceNorm, silu } from '../networks/layers';
import { reflectPad } from '../networks/reflectPad';
import { firDown, firSmooth, firUp, naiveDown, naiveUp } from '../networks/resample';
import { normals } from '../random';
import { registerConvolutionGradients } from './convolutionGradients';
import { leakyRelu } from './leakyRelu';
import { recomputed } from './recompute';
import { vjp } from './vjp';

const BACKENDS = ['cpu', 'wasm'] as const;
let seed = 0;
const random = (shape: readonly number[]): tf.Tensor4D =>
  tf.tensor(
    normals(
      { seed: ++seed, sample: 0, slice: 0, step: 0, stream: 'noise' },
      shape.reduce((a, b) => a * b, 1),
    ),
    shape as [number, number, number, number],
  );

beforeAll(() => {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const require = createRequire(import.meta.url);
  setWasmPaths(
    dirname(require.resolve('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm')) + sep,
  );
  registerConvolutionGradients('wasm');
});
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
  { name: 'instanceNorm', shapes: [[2, 5, 4, 3]], run: instanceNorm },
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
    await tf.setBackend(backend);
  });

  it.each(OPERATIONS)('$name: first derivative', ({ shapes, run }) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const xs = shapes.map(random);
      const y = run(...xs);
      const dy = random(y.shape);
      // Not linear in the operation, so that its gradient must be taken at the right place.
      const loss = (...at: tf.Tensor4D[]): tf.Scalar => tf.sum(tf.mul(tf.sin(run(...at)), dy));
      const { value, pullback } = vjp(() => loss(...xs), xs);
      value.dispose();
      expectDirectionalDerivatives(loss, xs, pullback());
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(OPERATIONS.filter((o) => o.secondOrder))(
    '$name: gradient of a squared gradient',
    ({ shapes, run }) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const xs = shapes.map(random);
        const penalty = (...at: tf.Tensor4D[]): tf.Scalar => {
          const inner = tf.grad((x: tf.Tensor) => {
            const y = run(x as tf.Tensor4D, ...at.slice(1));
            return tf.sum(tf.mul(y, tf.mul(y, y)));
          });
          return tf.sum(tf.square(inner(at[0])));
        };
        const { value, pullback } = vjp(() => penalty(...xs), xs);
        value.dispose();
        expectDirectionalDerivatives(penalty, xs, pullback());
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

/** Along a random direction for each input, (f(x + h v) - f(x - h v)) / 2h against <gradient, v>. */
function expectDirectionalDerivatives(
  f: (...xs: tf.Tensor4D[]) => tf.Scalar,
  xs: tf.Tensor4D[],
  gradients: tf.Tensor[],
): void {
  xs.forEach((x, i) => {
    const direction = random(x.shape);
    const along = (h: number) =>
      f(
        ...xs.map((other, n) => (n === i ? (tf.add(x, tf.mul(direction, h)) as tf.Tensor4D) : other)),
      ).dataSync()[0];
    const h = 2e-3;
    // Richardson's extrapolation: the error of the differences is of fourth order, so h need not be tiny in float32.
    const numeric = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
    const exact = tf.sum(tf.mul(gradients[i], direction)).dataSync()[0];
    const scale = tf.norm(gradients[i]).dataSync()[0] * tf.norm(direction).dataSync()[0];
    expect(scale).toBeGreaterThan(0);
    expect(Math.abs(numeric - exact) / scale).toBeLessThan(2e-3);
  });
}
