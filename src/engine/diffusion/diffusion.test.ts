import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasWholeGolden, readGolden } from '../../../test/golden';
import type { NamedTensor } from '../formats/namedTensor';
import { readSafetensors } from '../formats/safetensors';
import {
  type DiffusiveDiscriminatorWeights,
  runDiffusiveDiscriminator,
} from '../networks/diffusiveDiscriminator/run';
import { diffusiveDiscriminatorTable } from '../networks/diffusiveDiscriminator/table';
import { disposeTree, loadTree } from '../networks/parameters';
import { normals } from '../random';
import * as tf from '../tf';
import { qSample, qSamplePairs, samplePosterior } from './diffusion';
import { makeSchedule, PAPER_SCHEDULE } from './schedule';

const schedule = makeSchedule(PAPER_SCHEDULE);
const n = schedule.steps;
const SIDE = 128;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const draw = (slice: number, b = 1) =>
  tf.tensor4d(normals({ seed: 1, sample: 0, slice, step: 0, stream: 'noise' }, b * SIDE * SIDE), [
    b,
    SIDE,
    SIDE,
    1,
  ]);

/** Mean and variance of each batch entry. */
function moments(x: tf.Tensor4D): { mean: number; variance: number }[] {
  const pixels = x.size / x.shape[0];
  const values = x.dataSync<'float32'>();
  return Array.from({ length: x.shape[0] }, (_, b) => {
    const entry = values.subarray(b * pixels, (b + 1) * pixels);
    const mean = entry.reduce((sum, v) => sum + v, 0) / pixels;
    return { mean, variance: entry.reduce((sum, v) => sum + (v - mean) ** 2, 0) / pixels };
  });
}

/** Four standard errors of a mean and of a variance over SIDE*SIDE draws. */
const MEAN_OFF = (variance: number) => 4 * Math.sqrt(variance / SIDE ** 2) + 1e-6;
const VARIANCE_OFF = (variance: number) => 4 * variance * Math.sqrt(2 / SIDE ** 2) + 1e-6;

describe('qSample', () => {
  it('gives each batch entry the mean and variance of its own t', () => {
    const t = [0, 1, 2, 3, 4];
    const [x0, noise] = [tf.fill([5, SIDE, SIDE, 1], 0.5) as tf.Tensor4D, draw(1, 5)];
    const x = qSample(schedule, x0, t, noise);
    moments(x).forEach(({ mean, variance }, i) => {
      const expected = schedule.sigmaCum[i] ** 2;
      expect(Math.abs(mean - 0.5 * schedule.aCum[i])).toBeLessThan(MEAN_OFF(expected));
      expect(Math.abs(variance - expected)).toBeLessThan(VARIANCE_OFF(expected));
    });
    tf.dispose([x0, noise, x]);
  });
});

describe('qSamplePairs', () => {
  it('gives a pair of which each half alone is what qSample draws', () => {
    for (let t = 0; t < n; t++) {
      const [x0, noise, pairNoise] = [tf.fill([1, SIDE, SIDE, 1], 0.5) as tf.Tensor4D, draw(1), draw(2)];
      const { xT, xNext } = qSamplePairs(schedule, x0, [t], noise, pairNoise);
      const alone = qSample(schedule, x0, [t], noise);
      expect(xT.dataSync<'float32'>()).toEqual(alone.dataSync<'float32'>());
      const [{ mean, variance }] = moments(xNext);
      const expected = schedule.sigmaCum[t + 1] ** 2;
      expect(Math.abs(mean - 0.5 * schedule.aCum[t + 1])).toBeLessThan(MEAN_OFF(expected));
      expect(Math.abs(variance - expected)).toBeLessThan(VARIANCE_OFF(expected));
      tf.dispose([x0, noise, pairNoise, xT, xNext, alone]);
    }
  });

  it('keeps the pair one step apart: what remains without the common part is sigma times the own noise', () => {
    const t = 2;
    const [x0, noise, pairNoise] = [tf.zeros([1, SIDE, SIDE, 1]) as tf.Tensor4D, draw(1), draw(2)];
    const { xT, xNext } = qSamplePairs(schedule, x0, [t], noise, pairNoise);
    const [a, b, own] = [
      xT.dataSync<'float32'>(),
      xNext.dataSync<'float32'>(),
      pairNoise.dataSync<'float32'>(),
    ];
    const off = own.map((v, p) => Math.abs(b[p] - schedule.a[t + 1] * a[p] - schedule.sigma[t + 1] * v));
    expect(Math.max(...off)).toBeLessThan(1e-6);
    tf.dispose([x0, noise, pairNoise, xT, xNext]);
  });
});

describe('samplePosterior', () => {
  it('is the estimate itself at t = 0, whatever the noise', () => {
    const [x0, xNext, noise] = [draw(1), draw(2), draw(3)];
    const x = samplePosterior(schedule, x0, xNext, [0], noise);
    const [got, want] = [x.dataSync<'float32'>(), x0.dataSync<'float32'>()];
    expect(Math.max(...got.map((v, p) => Math.abs(v - want[p])))).toBeLessThan(1e-5);
    tf.dispose([x0, xNext, noise, x]);
  });

  it('has the posterior mean and variance of each batch entry', () => {
    const fill = (value: number) => tf.fill([3, SIDE, SIDE, 1], value) as tf.Tensor4D;
    const [x0, xNext, noise] = [fill(0.5), fill(-1), draw(1, 3)];
    const x = samplePosterior(schedule, x0, xNext, [1, 2, 3], noise);
    moments(x).forEach(({ mean, variance }, i) => {
      const t = i + 1;
      const expected = schedule.posteriorVariance[t];
      expect(Math.abs(mean - (0.5 * schedule.c1[t] - schedule.c2[t]))).toBeLessThan(MEAN_OFF(expected));
      expect(Math.abs(variance - expected)).toBeLessThan(VARIANCE_OFF(expected));
    });
    tf.dispose([x0, xNext, noise, x]);
  });
});

describe.skipIf(!hasWholeGolden)(
  'against the reference code (skipped where ../shared/golden is absent)',
  () => {
    /** The reference gives no pairs, but the loss of its discriminators on them: sum over both contrasts of softplus(-D). */
    it('noises pairs on which the discriminators have the reference loss', async () => {
      const { tensors, metadata } = readSafetensors(await readGolden('training.safetensors'));
      const { ngf_disc: ngf, t_emb_dim } = JSON.parse(metadata.hyper);
      const get = (name: string): NamedTensor => {
        const { shape, data } = tensors.get(name)!;
        return { shape, data: Float32Array.from(data) };
      };
      // One channel: [b, 1, h, w] and [b, h, w, 1] are the same numbers.
      const image = (name: string) => {
        const { shape, data } = get(name);
        return tf.tensor4d(data, [shape[0], shape[2], shape[3], 1]);
      };
      const table = diffusiveDiscriminatorTable({ ngf, t_emb_dim, size: 'large' });
      let loss = 0;
      for (const contrast of [1, 2]) {
        const state = new Map(
          table.map(({ name }) => [name, get(`before.disc_diffusive_${contrast}.${name}`)]),
        );
        const weights = loadTree<DiffusiveDiscriminatorWeights>(table, state);
        const t = [...get(`in.step0.d.t${contrast}`).data];
        const x0 = image(`in.step0.x${contrast}`);
        const noise = image(`in.step0.d.${contrast}.q_noise`);
        const pairNoise = image(`in.step0.d.${contrast}.pair_noise`);
        const { xT, xNext } = qSamplePairs(schedule, x0, t, noise, pairNoise);
        const logits = runDiffusiveDiscriminator(
          { size: 'large', timeDim: t_emb_dim, weights },
          xT,
          t,
          xNext,
        );
        const each = logits.dataSync<'float32'>().map((logit) => Math.log1p(Math.exp(-logit)));
        loss += each.reduce((sum, v) => sum + v, 0) / each.length;
        tf.dispose([x0, noise, pairNoise, xT, xNext, logits]);
        disposeTree(table, weights);
      }
      const wanted = JSON.parse(metadata.losses)[0].errD_real;
      expect(Math.abs(loss - wanted) / wanted).toBeLessThan(1e-4);
    });
  },
);
