import { expect, it } from 'vitest';
import { tinyCard } from '../../../test/tinyModel';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import { hashWeights } from '../hash';
import { methodOf } from '../methods';
import * as tf from '../tf';
import { ownEngines } from './ownEngines';
import { madeUpTask, measureSpeed } from './speed';

it('times the same step by our kernels and by plain operations, and leaves nothing', async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
  const card = tinyCard(16);
  const task = madeUpTask(card, hashWeights(3, methodOf(card.network).table(card.network)));
  const before = tf.memory().numTensors;
  const options = { warmUps: 0, runs: 2, seed: 0 };
  const [plain, own] = await measureSpeed(ownEngines('wasm'), task, options, {
    now: () => performance.now(),
  });
  expect(plain).toMatchObject({ id: 'plain', ms: [expect.any(Number), expect.any(Number)], psnr: null });
  expect(own).toMatchObject({ id: 'own', ms: [expect.any(Number), expect.any(Number)] });
  // Summed in another order, so nearly the same and not quite.
  expect((own as { psnr: number }).psnr).toBeGreaterThan(100);
  expect(tf.memory().numTensors).toBe(before);
});
