import { beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig } from '../../../test/tinyModel';
import { OutOfMemory } from '../../errors';
import { hashNormals, hashWeights } from '../hash';
import { denoiserOf, disposeGenerator, loadGenerator } from '../networks/ncsnpp/run';
import { ncsnppTable } from '../networks/ncsnpp/table';
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
