/**
 * Engines of two backends in one run, and what is counted on WebGPU. Software drivers take minutes to compile the kernels, so it runs where
 * it is asked for: SYNDIFF_KERNELS=1 npx vitest run src/engine/bench
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../../test/softwareVulkan';
import { tinyCard } from '../../../test/tinyModel';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import { hashWeights } from '../hash';
import { multiplyAddPeak } from '../kernels/webgpu/measure';
import { webgpuBackend } from '../kernels/webgpu/runtime';
import { methodOf } from '../methods';
import * as tf from '../tf';
import { ownEngines, trainingEngines } from './ownEngines';
import { madeUpTask, measureSpeed, type SpeedResult } from './speed';
import { deviceText, enginesBeside, type SpeedEngines } from './startEngines';

const errors: Error[] = [];
const asked = process.env.SYNDIFF_KERNELS !== undefined;
const environment = await nodeEnvironment((error) => errors.push(error), asked ? 'all' : null);
const adapter = await environment.gpu?.requestAdapter();
const now = () => performance.now();
const MINUTES = 60_000;

const card = tinyCard(16);
const task = madeUpTask(card, hashWeights(3, methodOf(card.network).table(card.network)));

describe.skipIf(!adapter)(
  'engines on WebGPU and on wasm (runs with SYNDIFF_KERNELS where there is an adapter)',
  () => {
    let found: SpeedEngines;
    beforeAll(async () => {
      found = await enginesBeside(await startEngine('webgpu', environment), environment);
    }, 10 * MINUTES);
    afterAll(() => tf.removeBackend('webgpu'));

    it('are both there, and the first one computes', () => {
      expect(found.engines.map(({ backend }) => backend)).toEqual(['webgpu', 'wasm']);
      expect(tf.getBackend()).toBe('webgpu');
      expect(deviceText(found.engines, 'a processor')).toMatch(/^webgpu, .*; wasm, a processor$/);
      expect(trainingEngines(found.engines).map(({ id }) => id)).toEqual([
        'webgpu-plain',
        'wasm-plain',
        'wasm-own-1',
      ]);
    });

    it(
      'take turns, with the same image, fewer dispatches and less memory by our kernels',
      async () => {
        const before = tf.memory().numTensors;
        const results = await measureSpeed(
          ownEngines(found.engines),
          task,
          { warmUps: 1, runs: 2, seed: 0 },
          { now },
        );
        expect(results.filter((one) => 'failed' in one)).toEqual([]);
        const of = (id: string) => results.find((one) => one.id === id) as SpeedResult;
        expect(results.map(({ id }) => id)).toEqual([
          'webgpu-plain',
          'webgpu-f32',
          'webgpu-f16',
          'wasm-plain',
          'wasm-own-1',
        ]);
        for (const id of ['webgpu-f32', 'wasm-plain', 'wasm-own-1'])
          expect(of(id).psnr, id).toBeGreaterThan(100);
        expect(of('webgpu-f16').psnr).toBeGreaterThan(60);
        const [plain, f32, f16] = ['webgpu-plain', 'webgpu-f32', 'webgpu-f16'].map((id) => of(id).counts);
        expect(plain.dispatches).toBeGreaterThan(3 * f32.dispatches!);
        expect(f16.dispatches).toBe(f32.dispatches);
        expect(f16.bytes).toBeLessThan(f32.bytes!);
        expect(plain.bytes).toBeGreaterThan(0);
        expect(tf.memory().numTensors).toBe(before);
        expect(errors).toEqual([]);
      },
      10 * MINUTES,
    );

    it(
      'tell their layers apart, timed, beside the peak of the device',
      async () => {
        const engine = ownEngines(found.engines).find(({ id }) => id === 'webgpu-f32')!;
        const runner = await engine.start(task);
        try {
          await runner.step();
          const { layers, peak } = await runner.layers!({ now, runs: 1 });
          expect(peak).toBeGreaterThan(1e8);
          // And the noise of its beginning, and the posterior.
          const started = layers.reduce((sum, { count }) => sum + count, 0) + 2;
          expect((await runner.counts!()).dispatches).toBe(started);
          for (const { kind, ms } of layers) expect(ms, kind).toBeGreaterThan(0);
          expect(layers).toContainEqual(expect.objectContaining({ kind: '3x3', height: 16, width: 16 }));
        } finally {
          await runner.dispose();
        }
        expect(await multiplyAddPeak(webgpuBackend().device, { now, runs: 1 })).toBeGreaterThan(1e8);
        expect(errors).toEqual([]);
      },
      10 * MINUTES,
    );
  },
);
