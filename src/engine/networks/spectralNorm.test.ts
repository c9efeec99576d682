import { beforeAll, expect, it } from 'vitest';
import { nodeEnvironment } from '../../platform/node/environment';
import { valueAndGradients } from '../autodiff/vjp';
import { startEngine } from '../backend/backend';
import { hashNormals } from '../hash';
import * as tf from '../tf';
import type { Conv } from './parameters';
import { normalised, powerStep, type Singular } from './spectralNorm';
import { singularTable } from './spectralNormTable';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const SHAPE: [number, number, number, number] = [2, 2, 3, 4];
const kernel = (values: Float32Array) => tf.tensor4d(values, SHAPE);

it('finds the largest singular value, by which the kernel is divided', () => {
  // A matrix of 12 x 4 with the singular values 3, 2, 1 and 0.5, each in a column of its own.
  const weight = kernel(
    Float32Array.from({ length: 48 }, (_, at) =>
      at % 4 === Math.floor(at / 4) ? [3, 2, 1, 0.5][at % 4] : 0,
    ),
  );
  let found: Singular = powerStep(weight, tf.tensor1d([0.1, 0.5, 0.5, 0.7]));
  for (let n = 0; n < 40; n++) found = powerStep(weight, tf.reshape(found.u, [4]));
  const made = normalised({ weight } as Conv, found).weight.dataSync();
  for (const [at, value] of weight.dataSync().entries()) expect(made[at]).toBeCloseTo(value / 3, 5);
});

it('has the derivative of W / sigma at singular vectors that are held still, against finite differences', () => {
  const values = hashNormals(1, 48);
  const wanted = tf.tensor4d(hashNormals(2, 48), SHAPE);
  const at = kernel(values);
  const found = powerStep(at, tf.tensor1d(hashNormals(3, 4)));
  const loss = (weight: tf.Tensor4D) =>
    tf.sum(tf.mul(normalised({ weight } as Conv, found).weight, wanted)) as tf.Scalar;
  const { gradients } = valueAndGradients(() => loss(at), [at]);
  const gradient = gradients[0].dataSync();
  const step = 1e-2;
  for (const n of [0, 7, 23, 47]) {
    const [up, down] = [step, -step].map((by) => {
      const moved = values.slice();
      moved[n] += by;
      return loss(kernel(moved)).dataSync()[0];
    });
    // float32 of a loss of some units: 1e-6 / 1e-2.
    expect((up - down) / (2 * step)).toBeCloseTo(gradient[n], 2);
  }
});

it('keeps a vector for each kernel and none for a bias', () => {
  const rows = singularTable([
    { path: 'convs.0.weight', name: 'model.0.weight', kind: 'conv', shape: [8, 1, 4, 4], start: 'normal' },
    { path: 'convs.0.bias', name: 'model.0.bias', kind: 'asIs', shape: [8], start: 'zero' },
  ]);
  expect(rows).toMatchObject([{ name: 'model.0.weight_u', shape: [8] }]);
});
