import { beforeAll, expect, it } from 'vitest';
import type { ParameterTable } from '../networks/table';
import * as tf from '../tf';
import { disposeAdam, startAdam, updateByAdam } from './adam';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const TABLE: ParameterTable = [{ path: 'weight', name: 'weight', kind: 'asIs', shape: [2], start: 'zero' }];

/** The weights after an update by this gradient. */
async function updated(gradient: number[], decay?: number): Promise<number[]> {
  const tree = { weight: tf.tensor1d([1, -2]) };
  const state = startAdam(TABLE, tree);
  updateByAdam(TABLE, tree, state, [tf.tensor1d(gradient)], 0.1, decay);
  const found = Array.from(await tree.weight.data());
  tree.weight.dispose();
  disposeAdam(state);
  return found;
}

it('adds weight decay to the gradient, as L2', async () => {
  const before = tf.memory().numTensors;
  // The first update goes by the sign, that of g + 0.5 w with w = (1, -2).
  expect(await updated([0.5, 0.5], 0.5)).toEqual(await updated([1, -0.5]));
  expect(await updated([0.5, 0.5], 0)).toEqual(await updated([0.5, 0.5]));
  expect(tf.memory().numTensors).toBe(before);
});
