/**
 * The fused generator against the authors' numbers. Software drivers take minutes to compile its shaders, so it runs where it is asked for:
 * SYNDIFF_KERNELS=1 npx vitest run src/engine/kernels
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import '../../../../test/softwareVulkan';
import { goldenFiles, readGolden } from '../../../../test/golden';
import { twoLevelConfig } from '../../../../test/tinyModel';
import { relativeError } from '../../../parity/compare';
import { image, matrix, NETWORK_TOLERANCE, parseGolden } from '../../../parity/kit';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { selfTestError, selfTestOutput } from '../../backend/selfTest';
import { type Denoiser, sampleChain } from '../../diffusion/sampler';
import { makeSchedule, PAPER_SCHEDULE } from '../../diffusion/schedule';
import { psnr } from '../../evaluation/metrics/psnr';
import { hashNormals, hashWeights } from '../../hash';
import { loadTranslator, type RunTranslator } from '../../methods/translator';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import { denoiserOf, disposeGenerator, loadGenerator } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import * as tf from '../../tf';
import { type SliceOutput, translateSlices } from '../../translateSlices';
import { FusedGenerator } from './generator';
import { webgpuBackend } from './runtime';
import { wantStorage } from './wanted';

const errors: Error[] = [];
const asked = process.env.SYNDIFF_KERNELS !== undefined;
const environment = await nodeEnvironment((error) => errors.push(error), asked ? 'all' : null);
const adapter = await environment.gpu?.requestAdapter();
const files = goldenFiles.filter((name) => /^net_ncsnpp_/.test(name));
const MINUTES = 60_000;

const CHAIN_CONFIG = twoLevelConfig();

const largestOff = (got: Float32Array, want: Float32Array) =>
  got.reduce((most, value, p) => Math.max(most, Math.abs(value - want[p])), 0);

/** Buffers that are made from now on and stay, whoever makes them. */
function liveBuffers(device: GPUDevice): { bytes: number } {
  const live = { bytes: 0 };
  const sizes = new WeakMap<GPUBuffer, number>();
  const { createBuffer } = device;
  vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
    const buffer = createBuffer.call(device, descriptor);
    sizes.set(buffer, buffer.size);
    live.bytes += buffer.size;
    return buffer;
  });
  const { destroy } = GPUBuffer.prototype;
  vi.spyOn(GPUBuffer.prototype, 'destroy').mockImplementation(function (this: GPUBuffer) {
    const size = sizes.get(this);
    if (size !== undefined) {
      sizes.delete(this);
      live.bytes -= size;
    }
    return destroy.call(this);
  });
  return live;
}

/** Halves round at 5e-4 of a number, some dozen times one after the other. */
const TOLERANCES = { f32: NETWORK_TOLERANCE, f16: 1e-2 };

describe.skipIf(!adapter)('fused generator (runs with SYNDIFF_KERNELS where there is an adapter)', () => {
  beforeAll(async () => {
    await startEngine('webgpu', environment);
  }, 5 * MINUTES);
  afterAll(() => tf.removeBackend('webgpu'));

  it.each(['f32', 'f16'] as const)(
    "the self-test's network, %s",
    async (storage) => {
      const error = await selfTestError(() =>
        selfTestOutput(async (generator, x, t, z) => {
          const fused = new FusedGenerator(generator, { storage, weights: storage });
          try {
            return await fused.run([x], t, z, x.shape[3]);
          } finally {
            fused.dispose();
          }
        }),
      );
      expect(error).toBeLessThan(storage === 'f32' ? 1e-5 : TOLERANCES.f16);
    },
    15 * MINUTES,
  );

  it(
    'a chain of four steps in halves keeps 60 dB against plain operations in float32',
    async () => {
      const config = CHAIN_CONFIG;
      const generator = loadGenerator(config, hashWeights(11, ncsnppTable(config)));
      const fused = new FusedGenerator(generator, { storage: 'f16', weights: 'f16' });
      const source = tf.tensor4d(hashNormals(12, 256), [1, 16, 16, 1]);
      const chain = async (denoise: Denoiser) => {
        let result = new Float32Array();
        const noise = (step: number) => hashNormals(20 + step, 256);
        const latent = (step: number) => hashNormals(30 + step, config.nz);
        const schedule = makeSchedule(PAPER_SCHEDULE);
        expect(schedule.steps).toBe(4);
        for await (const { x } of sampleChain(denoise, schedule, source, { noise, latent }))
          result = (await x.data<'float32'>()).slice();
        return result;
      };
      const want = await chain(denoiserOf(generator));
      const got = await chain((x, from, t, z) => fused.run([x, from], t, z, 1));
      expect(psnr(got, want, 2)).toBeGreaterThanOrEqual(60);
      fused.dispose();
      disposeGenerator(generator);
      source.dispose();
    },
    15 * MINUTES,
  );

  it.each(['f32', 'f16'] as const)(
    'a slice is four submits, with noise and posterior in them, and one readback, %s',
    async (storage) => {
      const network = { method: 'syndiff', ...CHAIN_CONFIG } as const;
      const state = hashWeights(11, ncsnppTable(CHAIN_CONFIG));
      const loaded = (plain: boolean) =>
        loadTranslator({ network, diffusion: PAPER_SCHEDULE }, state, { plain });
      const slices = [7, 8].map((index) => ({ index, pixels: hashNormals(index, 256).map(Math.tanh) }));
      const all = async (translator: RunTranslator, of = slices, batch = 1, signal?: AbortSignal) => {
        const made: SliceOutput[] = [];
        const settings = { seed: 5, samples: 1, noise: 'independent' } as const;
        for await (const slice of translateSlices(translator, of, 16, settings, { batch, signal }))
          made.push(slice);
        return made;
      };
      const plain = await loaded(true);
      const want = await all(plain);
      plain.dispose();
      wantStorage(storage);
      const fast = await loaded(false);
      const before = tf.memory().numTensors;
      const got = [...(await all(fast)), ...(await all(fast, slices, 2))];
      expect(fast.path!()).toMatch(/^fused WGSL kernels, f(16|32) with float32 sums/);
      expect(fast.path!()).not.toMatch(/noise of the CPU/);
      got.forEach(({ mean, chain }, n) => {
        const expected = want[n % 2];
        expect(chain).toHaveLength(5);
        chain.forEach((frame, step) => {
          if (storage === 'f32') expect(largestOff(frame, expected.chain[step])).toBeLessThan(1e-4);
          else expect(psnr(frame, expected.chain[step], 2)).toBeGreaterThanOrEqual(60);
        });
        expect([...mean]).toEqual([...chain[4]]);
      });
      // The same whatever came before.
      expect(await all(fast, slices.slice(1))).toEqual([got[1]]);
      const { device } = webgpuBackend();
      const submits = vi.spyOn(device.queue, 'submit');
      const readbacks = vi.spyOn(GPUBuffer.prototype, 'mapAsync');
      await all(fast, slices.slice(0, 1));
      // One before the steps, of what the slice begins with, and one after them, which reads it.
      expect(submits).toHaveBeenCalledTimes(PAPER_SCHEDULE.steps + 2);
      expect(readbacks).toHaveBeenCalledTimes(1);
      // No more than two steps are on the way, and a cancel is heard as soon as the first is done.
      submits.mockClear();
      const steps: (() => void)[] = [];
      const end = () => steps.shift()?.();
      vi.spyOn(device.queue, 'onSubmittedWorkDone').mockImplementation(
        () => new Promise((done) => steps.push(() => done(undefined))),
      );
      const cancel = new AbortController();
      const cancelled = all(fast, slices.slice(0, 1), 1, cancel.signal);
      await vi.waitFor(() => expect(steps).toHaveLength(2));
      await new Promise((done) => setTimeout(done, 100));
      cancel.abort();
      end();
      await expect(cancelled).rejects.toMatchObject({ name: 'Aborted' });
      expect(submits).toHaveBeenCalledTimes(1 + 2);
      end();
      vi.restoreAllMocks();
      expect(tf.memory().numTensors).toBe(before);
      fast.dispose();
      wantStorage(null);
      expect(errors).toEqual([]);
    },
    15 * MINUTES,
  );

  it(
    '1000 slices leave tensors and GPU memory as fifty do',
    async () => {
      const network = { method: 'syndiff', ...CHAIN_CONFIG } as const;
      const diffusion = { ...PAPER_SCHEDULE, steps: 2 };
      wantStorage('f32');
      const fast = await loadTranslator({ network, diffusion }, hashWeights(11, ncsnppTable(CHAIN_CONFIG)));
      const pixels = hashNormals(7, 256).map(Math.tanh);
      const slices = Array.from({ length: 1000 }, (_, index) => ({ index, pixels }));
      const settings = { seed: 5, samples: 1, noise: 'independent' } as const;
      const live = liveBuffers(webgpuBackend().device);
      const found: { memory: tf.MemoryInfo; bytes: number }[] = [];
      for await (const { index } of translateSlices(fast, slices, 16, settings))
        if (index === 49 || index === 999) found.push({ memory: tf.memory(), bytes: live.bytes });
      vi.restoreAllMocks();
      expect(fast.path!()).toMatch(/^fused WGSL kernels/);
      const [early, late] = found;
      expect(late.memory).toEqual(early.memory);
      expect(early.bytes).toBeGreaterThan(0);
      // What the dispatches that draw noise were told is remembered, 4096 of 48 bytes at most (dispatch.ts).
      expect(late.bytes - early.bytes).toBeLessThanOrEqual(4096 * 48);
      fast.dispose();
      wantStorage(null);
      expect(errors).toEqual([]);
    },
    15 * MINUTES,
  );

  it.each(files.flatMap((name) => [[name, 'f32'] as const, [name, 'f16'] as const]))(
    '%s, %s',
    async (name, storage) => {
      const golden = parseGolden(await readGolden(name));
      const generator = loadGenerator(golden.config as unknown as GeneratorConfig, golden.params);
      const fused = new FusedGenerator(generator, { storage, weights: storage });
      const x = image(golden.tensor('in.x'));
      const z = matrix(golden.tensor('in.z'));
      const t = [...golden.tensor('in.t').data];
      const before = tf.memory().numTensors;
      // Twice: the second run finds what the first has left in memory that both share.
      for (let i = 0; i < 2; i++) {
        const out = await fused.run([x], t, z, x.shape[3]);
        const turned = tf.transpose(out, [0, 3, 1, 2]);
        const got = (await turned.data()) as Float32Array;
        tf.dispose([out, turned]);
        expect(relativeError(got, golden.tensor('out').data)).toBeLessThan(TOLERANCES[storage]);
      }
      expect(tf.memory().numTensors).toBe(before);
      fused.dispose();
      tf.dispose([x, z]);
      disposeGenerator(generator);
      expect(errors).toEqual([]);
    },
    15 * MINUTES,
  );
});
