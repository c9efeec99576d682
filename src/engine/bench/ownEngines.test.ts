import { beforeAll, expect, it } from 'vitest';
import { tinyCard } from '../../../test/tinyModel';
import { nodeEnvironment } from '../../platform/node/environment';
import { type EngineInfo, startEngine } from '../backend/backend';
import { hashWeights } from '../hash';
import { methodOf } from '../methods';
import * as tf from '../tf';
import { translationWork } from './flop';
import { ownEngines, trainingEngines } from './ownEngines';
import { madeUpTask, measureSpeed, type StartedContender } from './speed';

let engine: EngineInfo;
beforeAll(async () => {
  engine = await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const card = tinyCard(16);
const task = madeUpTask(card, hashWeights(3, methodOf(card.network).table(card.network)));
const now = () => performance.now();

it('times the same step by our kernels and by plain operations, counts it, and leaves nothing', async () => {
  const before = tf.memory().numTensors;
  const options = { warmUps: 0, runs: 2, seed: 0 };
  const [plain, own] = await measureSpeed(ownEngines([engine]), task, options, { now });
  const ms = [expect.any(Number), expect.any(Number)];
  expect(plain).toMatchObject({ id: 'wasm-plain', ms, psnr: null });
  expect(own).toMatchObject({ id: 'wasm-own-1', ms, counts: { dispatches: 1 } });
  // Summed in another order, so nearly the same and not quite.
  expect((own as { psnr: number }).psnr).toBeGreaterThan(100);
  const { kernels, peakBytes, parameters } = await translationWork(card.network, card.diffusion, 16);
  expect(plain).toMatchObject({ counts: { dispatches: kernels, bytes: peakBytes } });
  expect(kernels).toBeGreaterThan(300);
  expect((own as unknown as { counts: { bytes: number } }).counts.bytes).toBeGreaterThan(4 * parameters);
  expect(tf.memory().numTensors).toBe(before);
});

it('tells the layers of our program apart, with all of its work', async () => {
  const own = ownEngines([engine])[1];
  const runner: StartedContender = await own.start(task);
  try {
    await runner.step();
    let pauses = 0;
    const pause = async () => void pauses++;
    const { layers, peak } = await runner.layers!({ now, runs: 2, pause });
    expect(pauses).toBe(2);
    expect(peak).toBeGreaterThan(1e8);
    const macs = layers.reduce((sum, layer) => sum + layer.count * layer.macs, 0);
    const all = await translationWork(card.network, card.diffusion, 16);
    // Without the filters and the layers of style and time, and one of two channels that come out.
    expect(macs / all.macs).toBeGreaterThan(0.8);
    expect(macs).toBeLessThan(all.macs);
    expect(layers.map(({ ms }) => ms)).toEqual(layers.map(({ ms }) => ms).sort((a, b) => b - a));
    expect(layers).toContainEqual(expect.objectContaining({ kind: 'norm + SiLU', macs: 0 }));
  } finally {
    await runner.dispose();
  }
});

it('a training is timed by plain operations and by our kernels, which come back after it', async () => {
  const [plain, own] = trainingEngines([engine]);
  const { ownKernels } = await import('../kernels/wasm/kernels');
  expect(await plain.run(async () => ownKernels())).toBeNull();
  expect(await own.run(async () => ownKernels())).not.toBeNull();
  await expect(plain.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(ownKernels()).not.toBeNull();
});
