import { beforeAll, expect, it } from 'vitest';
import { tinySettings } from '../../../test/tinyRun';
import { atOnce } from '../pieces';
import * as tf from '../tf';
import { type Iteration, iterationOf } from './iteration';
import { disposeNetworks, parametersOf } from './networks';
import { startRun } from './startRun';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const RATES = { generators: 1e-3, discriminators: 1e-3 };

/** An update of one PatchGAN between two yields. */
function* phases(iteration: Iteration) {
  yield;
  iteration.update(
    'p.a',
    parametersOf(iteration.network('p.a')).map((one) => tf.onesLike(one)),
  );
  yield;
}

it('can be undone as long as what is kept for it is not too much; beyond that it goes on to its end', () => {
  const state = startRun(tinySettings());
  const x = tf.zeros([1, 1, 1, 1]) as tf.Tensor4D;
  const before = tf.memory();
  const piecesOf = (mostKept?: number) => {
    const work = iterationOf(phases, mostKept)(state, { a: x, b: x }, RATES);
    let pieces = 0;
    while (!work.next().done) pieces++;
    return pieces;
  };
  expect(piecesOf()).toBe(2);
  expect(piecesOf(1)).toBe(1);
  expect(state.networks.get('p.a')!.adam!.updates).toBe(2);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
  tf.dispose(x);
  disposeNetworks(state.networks);
});

it('disposes what its phases leave, but for the losses', () => {
  const state = startRun(tinySettings());
  const before = tf.memory().numTensors;
  const step = iterationOf(function* (iteration) {
    tf.ones([3]);
    iteration.note('l1', tf.scalar(2));
    yield;
  });
  const losses = atOnce(step(state, {} as never, RATES));
  expect(losses.get('l1')!.dataSync()[0]).toBe(2);
  expect(tf.memory().numTensors).toBe(before + 1);
  tf.dispose([...losses.values()]);
  disposeNetworks(state.networks);
});
