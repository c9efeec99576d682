/** Every kernel against its plain TensorFlow.js twin, over odd sizes, channels that 4 does not divide and batches. */
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { hashNormals } from '../../hash';
import { leafOf, treeOf } from '../../networks/parameters';
import * as tf from '../../tf';
import { mix, startAdam, updateByAdam } from '../../training/adam';
import { ownKernels, wantOwnKernels } from './kernels';
import { averagesOf } from './updates';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

let seed = 0;
const random = <T extends tf.Tensor>(...shape: number[]): T =>
  tf.tensor(hashNormals(++seed, tf.util.sizeFromShape(shape)), shape) as T;

/** Largest difference of the two ways over the largest value of the plain one; what they leave behind. */
function compare(run: () => tf.Tensor): number {
  return tf.tidy(() => {
    wantOwnKernels(false);
    const plain = run();
    wantOwnKernels(true);
    const own = run();
    expect(own.shape).toEqual(plain.shape);
    const most = (x: tf.Tensor) => tf.max(tf.abs(x)).dataSync()[0];
    return most(tf.sub(own, plain)) / most(plain);
  });
}

it('is there', () => {
  expect(ownKernels()).not.toBeNull();
});

// Sums of up to a thousand products: plain float32 sums differ by 1e-6 from each other, Winograd's by a few times that.
const SUMS = 2e-5;

/** batch, height, width, channels in and out, kernel, stride, pad */
const CONVOLUTIONS: [number, number, number, number, number, number, number, number][] = [
  [1, 16, 16, 8, 8, 3, 1, 1],
  [2, 13, 7, 5, 3, 3, 1, 1],
  [1, 9, 30, 12, 20, 3, 1, 0],
  [3, 5, 4, 1, 9, 3, 1, 1],
  [1, 3, 3, 6, 6, 3, 1, 1],
  [1, 66, 5, 30, 7, 3, 1, 2],
  [2, 9, 11, 3, 6, 3, 2, 0],
  [1, 8, 10, 4, 2, 4, 2, 1],
  [2, 7, 6, 3, 5, 4, 1, 1],
  [1, 12, 11, 1, 6, 7, 1, 0],
  [2, 6, 5, 7, 9, 1, 1, 0],
  [1, 6, 6, 2, 2, 1, 2, 0],
];

describe.each(CONVOLUTIONS)(
  'convolution of %i x [%i, %i, %i] to %i channels, %i², stride %i, pad %i',
  (...of) => {
    const [batch, h, w, cin, cout, kernel, stride, pad] = of;
    const image = () => random<tf.Tensor4D>(batch, h, w, cin);
    const filter = () => random<tf.Tensor4D>(kernel, kernel, cin, cout);

    it('is the plain one', () => {
      tf.tidy(() => {
        const [x, weights, bias] = [image(), filter(), random<tf.Tensor1D>(cout)];
        expect(compare(() => tf.conv2d(x, weights, stride, pad))).toBeLessThan(SUMS);
        const fused = () => tf.fused.conv2d({ x, filter: weights, strides: stride, pad, bias });
        expect(compare(fused)).toBeLessThan(SUMS);
      });
    });

    it('has the plain gradients', () => {
      tf.tidy(() => {
        const [x, weights] = [image(), filter()];
        const dy = random<tf.Tensor4D>(...tf.conv2d(x, weights, stride, pad).shape);
        const gradients = tf.grads((a, b) =>
          tf.sum(tf.mul(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad), dy)),
        );
        expect(compare(() => gradients([x, weights])[0])).toBeLessThan(SUMS);
        expect(compare(() => gradients([x, weights])[1])).toBeLessThan(SUMS);
      });
    });
  },
);

it('leaves dilated convolutions and other activations to TensorFlow.js', () => {
  tf.tidy(() => {
    const [x, filter] = [random<tf.Tensor4D>(1, 9, 9, 4), random<tf.Tensor4D>(3, 3, 4, 4)];
    expect(compare(() => tf.conv2d(x, filter, 1, 'same', 'NHWC', 2))).toBe(0);
    expect(compare(() => tf.fused.conv2d({ x, filter, strides: 1, pad: 1, activation: 'relu6' }))).toBe(0);
  });
});

it.each([0, 0.01])('updates parameters by Adam as plain operations do, decay %f', (decay) => {
  const table = [3, 17, 64].map((n) => ({
    path: `p${n}`,
    name: `p${n}`,
    kind: 'asIs' as const,
    shape: [n],
    start: 'zero' as const,
  }));
  const gradients = [0, 1, 2].map((update) => table.map(({ shape: [n] }) => hashNormals(update, n)));
  const after = (own: boolean) => {
    wantOwnKernels(own);
    const tree = treeOf<Record<string, tf.Tensor>>(
      table,
      table.map(({ shape: [n] }) => tf.tensor(hashNormals(9, n))),
    );
    const state = startAdam(table, tree);
    for (const update of gradients)
      updateByAdam(
        table,
        tree,
        state,
        update.map((g) => tf.tensor(g)),
        1e-2,
        decay,
      );
    const all = [...table.map((row) => leafOf(tree, row)), ...state.mean, ...state.square];
    const values = all.map((tensor) => tensor.dataSync());
    tf.dispose(all);
    return values;
  };
  const before = tf.memory().numTensors;
  const [plain, own] = [after(false), after(true)];
  expect(tf.memory().numTensors).toBe(before);
  // Number by number the same operations; scalars are rounded to float32 once or twice.
  own.forEach((values, i) => {
    values.forEach((v, n) => {
      expect(Math.abs(v - plain[i][n])).toBeLessThan(1e-6 * Math.max(1, Math.abs(plain[i][n])));
    });
  });
});

it('takes moving averages as plain operations do', () => {
  tf.tidy(() => {
    const shapes = [[3], [5, 7], [64]];
    const [averages, parameters] = [0, 1].map(() => shapes.map((shape) => random(...shape)));
    const own = averagesOf(ownKernels()!, averages, parameters, 0.98);
    own.forEach((average, i) => {
      const plain = mix(averages[i], parameters[i], 0.98);
      // Scalars are rounded to float32 once or twice.
      expect(tf.max(tf.abs(tf.sub(average, plain))).dataSync()[0]).toBeLessThan(1e-6);
    });
  });
});

it('computes the same to the bit each time, and keeps nothing', () => {
  const [x, filter] = [random<tf.Tensor4D>(1, 20, 20, 8), random<tf.Tensor4D>(3, 3, 8, 8)];
  const values = () => tf.tidy(() => tf.conv2d(x, filter, 1, 1).dataSync());
  const first = values();
  const before = [tf.memory().numTensors, ownKernels()!.backend.wasm.asm.memory.buffer.byteLength];
  for (let i = 0; i < 50; i++) expect(values()).toEqual(first);
  expect([tf.memory().numTensors, ownKernels()!.backend.wasm.asm.memory.buffer.byteLength]).toEqual(before);
  tf.dispose([x, filter]);
});
