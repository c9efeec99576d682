/** Noise and posterior on the GPU against the CPU's: odd sizes, several images, seeds, slices, samples and steps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../../../test/softwareVulkan';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { posteriorAt, samplePosterior } from '../../diffusion/diffusion';
import { makeSchedule, PAPER_SCHEDULE } from '../../diffusion/schedule';
import { hashNormals } from '../../hash';
import { joinArrays } from '../../joinArrays';
import { normals, type SampleKey } from '../../random';
import * as tf from '../../tf';
import { dispatch, eachNumber, outputOf, workgroupsFor } from './dispatch';
import { drawsRight, NORMALS, normalsOnGpu, posteriorOnGpu } from './noise';
import { webgpuBackend } from './runtime';

const errors: Error[] = [];
const environment = await nodeEnvironment((error) => errors.push(error));
const adapter = await environment.gpu?.requestAdapter();

/** Of numbers to 6.7: 9.5e-7 found of three million, on SwiftShader and on lavapipe. */
const TOLERANCE = 2e-6;

const most = (got: Float32Array, want: Float32Array) =>
  got.reduce((worst, value, p) => Math.max(worst, Math.abs(value - want[p])), 0);

const noiseOf = (keys: readonly SampleKey[], step: number, pixels: number) =>
  joinArrays(keys.map((key) => normals({ ...key, step, stream: 'noise' }, pixels)));

const KEYS = [
  { seed: 0, sample: 0, slice: 0 },
  { seed: 0xffffffff, sample: 15, slice: 511 },
  { seed: 0x80000001, sample: 2, slice: 0x10000 },
];

describe.skipIf(!adapter)('noise on WebGPU', () => {
  beforeAll(async () => {
    await startEngine('webgpu', environment);
  }, 300_000);
  afterAll(() => {
    tf.removeBackend('webgpu');
    expect(errors).toEqual([]);
  });

  it.each([
    { height: 1, width: 1, keys: KEYS.slice(0, 1), step: 4 },
    { height: 3, width: 7, keys: KEYS, step: 1 },
    { height: 33, width: 31, keys: KEYS.slice(1), step: 1000 },
    { height: 512, width: 1024, keys: KEYS.slice(2), step: 3 },
  ])('is that of the CPU, $height x $width, step $step', async ({ height, width, keys, step }) => {
    const before = tf.memory().numTensors;
    const image = normalsOnGpu([keys.length, height, width, 1], keys, step);
    const got = await image.data<'float32'>();
    image.dispose();
    const want = noiseOf(keys, step, height * width);
    expect(got).toHaveLength(want.length);
    expect(most(got, want)).toBeLessThan(TOLERANCE);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [3, 2, 1, 0],
    [1, 0],
  ])('draws from the posterior as plain operations do, steps %j', async (...steps) => {
    const schedule = makeSchedule({ ...PAPER_SCHEDULE, steps: steps.length });
    const shape: tf.Tensor4D['shape'] = [2, 5, 9, 1];
    const [x0, x] = [1, 2].map((seed) => tf.tensor4d(hashNormals(seed, 90), shape));
    const keys = KEYS.slice(0, 2);
    for (const step of steps) {
      const noise = tf.tensor4d(noiseOf(keys, step, 45), shape);
      const want = samplePosterior(schedule, x0, x, [step, step], noise);
      const got = posteriorOnGpu(x0, x, { keys, step, ...posteriorAt(schedule, step) });
      expect(most(await got.data<'float32'>(), await want.data<'float32'>())).toBeLessThan(TOLERANCE);
      if (step === 0)
        expect(most(await got.data<'float32'>(), await x0.data<'float32'>())).toBeLessThan(1e-6);
      tf.dispose([noise, want, got]);
    }
    tf.dispose([x0, x]);
  });

  it.each([0, 1])('is right at both ends of a word, %d', async (end) => {
    const COUNT = 4096;
    const program = eachNumber('ends', {
      whole: ['end', 'seed', 'sample', 'slice', 'step'],
      reads: [],
      writes: ['out'],
      functions: NORMALS,
      body: `  let w = select(i, ~i, s.end == 1u);
  let t = turned(w * 0x2aaa0001u);
  out[3u * i] = radius(w);
  out[3u * i + 1u] = t.x;
  out[3u * i + 2u] = t.y;`,
    });
    const out = outputOf([COUNT, 3]);
    const whole = [COUNT, end, 0, 0, 0, 0];
    dispatch(program, { whole, reads: [], writes: [out], workgroups: workgroupsFor(COUNT) });
    const made = tf.engine().makeTensorFromTensorInfo(out);
    const got = await made.data<'float32'>();
    made.dispose();
    for (let i = 0; i < COUNT; i++) {
      const w = end === 1 ? ~i >>> 0 : i;
      const radius = Math.sqrt(-2 * Math.log((w + 0.5) / 2 ** 32));
      const angle = (2 * Math.PI * ((Math.imul(w, 0x2aaa0001) >>> 0) + 0.5)) / 2 ** 32;
      const off = [
        got[3 * i] / radius - 1,
        got[3 * i + 1] - Math.cos(angle),
        got[3 * i + 2] - Math.sin(angle),
      ];
      // Some last places of float32, 1.1e-7 found.
      expect(Math.max(...off.map(Math.abs)), `word ${w}`).toBeLessThan(3e-7);
    }
  });

  it('is taken on this device, which is looked at once', async () => {
    const { device } = webgpuBackend();
    expect(await drawsRight(device)).toBe(true);
    expect(drawsRight(device)).toBe(drawsRight(device));
  });
});
