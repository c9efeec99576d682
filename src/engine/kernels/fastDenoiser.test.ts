import { beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig } from '../../../test/tinyModel';
import { OutOfMemory } from '../../errors';
import { sampleChain } from '../diffusion/sampler';
import { makeSchedule, PAPER_SCHEDULE } from '../diffusion/schedule';
import { hashNormals, hashWeights } from '../hash';
import { denoiserOf, disposeGenerator, loadGenerator } from '../networks/ncsnpp/run';
import { ncsnppTable } from '../networks/ncsnpp/table';
import { normals } from '../random';
import * as tf from '../tf';
import { type FastGenerator, fastDenoiser, ON_WASM } from './fastDenoiser';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Kernels that give a constant image for some steps, then fail. */
function kernels(steps: number, told: string[]) {
  const made: FastGenerator = {
    label: 'kernels',
    run: async ([x], _t, _z, outputs) => {
      told.push('run');
      if (told.filter((word) => word === 'run').length > steps) throw new Error('out of memory');
      const [b, h, w] = x.shape;
      return tf.fill([b, h, w, outputs], 0.5);
    },
    dispose: () => told.push('dispose'),
  };
  return { cpu: async () => async () => made };
}

describe('fastDenoiser', () => {
  const config = tinyConfig(16);
  const generator = loadGenerator(config, hashWeights(1, ncsnppTable(config)));
  const x = () => tf.tensor4d(hashNormals(2, 256), [1, 16, 16, 1]);
  const z = () => tf.tensor2d(hashNormals(3, config.nz), [1, config.nz]);
  const step = async (denoise: ReturnType<typeof fastDenoiser>['denoise']) => {
    const [image, source, latents] = [x(), x(), z()];
    const out = await denoise(image, source, [1], latents);
    const values = [...(await out.data())];
    tf.dispose([image, source, latents, out]);
    return values;
  };

  it('computes by kernels, from their first failure on by plain operations, and says so', async () => {
    const want = await step(denoiserOf(generator));
    const before = tf.memory().numTensors;
    const told: string[] = [];
    const { denoise, path } = fastDenoiser(generator, kernels(1, told));
    expect(new Set(await step(denoise))).toEqual(new Set([0.5]));
    expect(path()).toBe('kernels');
    expect(await step(denoise)).toEqual(want);
    expect(path()).toBe('plain operations: out of memory');
    expect(await step(denoise)).toEqual(want);
    expect(told).toEqual(['run', 'run', 'dispose']);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves it to fewer images where the memory is not enough for several', async () => {
    const told: string[] = [];
    const makes = kernels(9, told);
    const made = await (await makes.cpu())();
    const { run } = made;
    made.run = async (images, ...rest) => {
      if (images[0].shape[0] > 1) throw new OutOfMemory('used up');
      return run(images, ...rest);
    };
    const { denoise, path } = fastDenoiser(generator, makes);
    const two = tf.zeros<tf.Rank.R4>([2, 16, 16, 1]);
    await expect(denoise(two, two, [1, 1], tf.zeros([2, config.nz]))).rejects.toThrow('used up');
    expect(new Set(await step(denoise))).toEqual(new Set([0.5]));
    expect(path()).toBe('kernels');
  });

  it('holds the first image of kernels on trial against the plain one', async () => {
    const want = await step(denoiserOf(generator));
    const before = tf.memory().numTensors;
    const near = want.map((value) => value + 1e-3);
    const far = want.map((value, n) => (n === 0 ? value + 0.1 : value));
    const notANumber = want.map(() => Number.NaN);
    for (const [image, label] of [
      [near, 'kernels'],
      [
        far,
        'plain operations: the kernels give another image than plain operations on this machine (PSNR 50.1 dB',
      ],
      [notANumber, 'plain operations: the kernels give another image'],
    ] as const) {
      const told: string[] = [];
      const made: FastGenerator = {
        label: 'kernels',
        trial: (plain) => plain(),
        run: async () => {
          told.push('run');
          return tf.tensor4d([...image], [1, 16, 16, 1]);
        },
        dispose: () => told.push('dispose'),
      };
      const { denoise, path } = fastDenoiser(generator, { cpu: async () => async () => made });
      for (let n = 0; n < 2; n++) {
        const got = await step(denoise);
        if (label === 'kernels') expect(got[0]).toBeCloseTo(near[0], 6);
        else expect(got).toEqual(want);
      }
      expect(path()).toContain(label);
      expect(told).toEqual(label === 'kernels' ? ['run', 'run'] : ['run', 'dispose']);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it("draws noise by kernels that can, with their estimates; from a failure on it is the CPU's", async () => {
    const keys = [{ seed: 5, sample: 0, slice: 3 }];
    const noise = (step: number) => normals({ ...keys[0], step, stream: 'noise' }, 256);
    const schedule = makeSchedule(PAPER_SCHEDULE);
    const source = x();
    const told: string[] = [];
    const made: FastGenerator = {
      label: 'kernels',
      isPaced: true,
      run: async () => expect.unreachable('without a draw'),
      draws: {
        normals: (shape, [key], step) => {
          told.push(`x${step} of ${key.slice}`);
          return tf.tensor4d(normals({ ...key, step, stream: 'noise' }, 256), shape);
        },
        run: async ([from, given], t, z, { step, c1, c2, deviation, keys: [key] }) => {
          expect(given).toBe(source);
          if (step === 1) throw new Error('the device is gone');
          told.push(`step ${step} of ${key.slice}, told ${t}`);
          const x0 = await denoiserOf(generator)(from, given, t, z);
          const drawn = tf.tensor4d(normals({ ...key, step, stream: 'noise' }, 256), from.shape);
          const next = tf.addN([tf.mul(x0, c1), tf.mul(from, c2), tf.mul(drawn, deviation)]) as tf.Tensor4D;
          drawn.dispose();
          return { x0, x: next };
        },
      },
      dispose: () => told.push('dispose'),
    };
    const asked: number[] = [];
    const resultOf = async (network: Parameters<typeof sampleChain>[0], by = noise) => {
      let values: number[] = [];
      const latent = (step: number) => hashNormals(step, config.nz);
      for await (const step of sampleChain(network, schedule, source, { noise: by, latent }))
        values = [...(await step.x.data())];
      return values;
    };
    const want = await resultOf(denoiserOf(generator));
    const { drawing, path, ahead } = fastDenoiser(generator, { cpu: async () => async () => made });
    expect(ahead()).toBe(false);
    const got = await resultOf(drawing(keys), (step) => {
      expect(ahead()).toBe(false);
      asked.push(step);
      return noise(step);
    });
    expect(told).toEqual(['x4 of 3', 'step 3 of 3, told 3', 'step 2 of 3, told 2', 'dispose']);
    expect(asked).toEqual([1, 0]);
    expect(path()).toBe('plain operations: the device is gone');
    // The same sums in another order.
    expect(Math.max(...got.map((value, n) => Math.abs(value - want[n])))).toBeLessThan(1e-5);
    source.dispose();
  });

  it('frees what it holds, and computes by plain operations on a backend without kernels', async () => {
    const told: string[] = [];
    const { denoise, dispose } = fastDenoiser(generator, kernels(9, told));
    await step(denoise);
    dispose();
    await Promise.resolve();
    expect(told).toEqual(['run', 'dispose']);
    const other = fastDenoiser(generator, ON_WASM);
    expect(await step(other.denoise)).toEqual(await step(denoiserOf(generator)));
    expect(other.path()).toBe('plain operations');
    disposeGenerator(generator);
  });
});
