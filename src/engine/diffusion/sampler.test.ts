import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashNormals, hashWeights } from '../hash';
import { type GeneratorConfig, PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { denoiserOf, disposeGenerator, loadGenerator } from '../networks/ncsnpp/run';
import { ncsnppTable } from '../networks/ncsnpp/table';
import * as tf from '../tf';
import { type Denoiser, sampleChain } from './sampler';
import { makeSchedule, PAPER_SCHEDULE } from './schedule';

const SIDE = 8;
const CONFIG: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: SIDE,
  num_channels_dae: 8,
  ch_mult: [1],
  num_res_blocks: 1,
  attn_resolutions: [],
  nz: 4,
  z_emb_dim: 8,
  n_mlp: 0,
};
const schedule = makeSchedule(PAPER_SCHEDULE);
type Generator = ReturnType<typeof loadGenerator>;

let source: tf.Tensor4D;
let generator: Generator;

const chain = (g: Generator, signal?: AbortSignal) =>
  sampleChain(denoiserOf(g), schedule, source, {
    noise: (step) => hashNormals(step, SIDE * SIDE),
    latent: (step) => hashNormals(10 + step, CONFIG.nz),
    signal,
  });

beforeAll(async () => {
  await tf.setBackend('cpu');
  source = tf.zeros([1, SIDE, SIDE, 1]);
  generator = loadGenerator(CONFIG, hashWeights(1, ncsnppTable(CONFIG)));
});
afterAll(() => {
  source.dispose();
  disposeGenerator(generator);
});

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});

describe('sampleChain', () => {
  it('gives every step from n-1 to 0, ends in its last estimate, and frees what it lent', async () => {
    const steps: number[] = [];
    for await (const { step, x0, x } of chain(generator)) {
      steps.push(step);
      expect([x0.shape, x.shape]).toEqual([source.shape, source.shape]);
      if (step > 0) continue;
      const [estimate, result] = [await x0.data<'float32'>(), await x.data<'float32'>()];
      expect(Math.max(...estimate.map((v, p) => Math.abs(v - result[p])))).toBeLessThan(1e-5);
    }
    expect(steps).toEqual([3, 2, 1, 0]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tells the network the times that it was trained with', async () => {
    const told: number[] = [];
    const denoise: Denoiser = (x, _, [t]) => {
      told.push(t);
      return tf.clone(x);
    };
    const quick = makeSchedule({ ...PAPER_SCHEDULE, steps: 2, trainedSteps: 8 });
    const draws = { noise: () => new Float32Array(SIDE * SIDE), latent: () => new Float32Array(1) };
    for await (const _ of sampleChain(denoise, quick, source, draws));
    expect(told).toEqual([7, 3]);
  });

  it('frees everything where its reader leaves early', async () => {
    for await (const { step } of chain(generator)) if (step === 2) break;
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops before the next step once cancelled, and frees everything', async () => {
    const abort = new AbortController();
    const steps: number[] = [];
    const run = async () => {
      for await (const { step } of chain(generator, abort.signal)) {
        steps.push(step);
        abort.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'Aborted' });
    expect(steps).toEqual([3]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
