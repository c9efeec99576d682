/** The whole generator by our kernels against plain operations: options, sizes and batches. */
import { beforeAll, expect, it } from 'vitest';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { hashNormals, hashWeights } from '../../hash';
import { type GeneratorConfig, PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { denoiserOf, disposeGenerator, loadGenerator } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import * as tf from '../../tf';
import { fastDenoiser, ON_WASM } from '../fastDenoiser';
import { ownKernels, wantOwnKernels } from './kernels';
import { isCovered } from './ncsnpp';

const SMALL: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 16,
  num_channels_dae: 8,
  ch_mult: [1, 2, 3],
  num_res_blocks: 1,
  attn_resolutions: [8],
  nz: 5,
  z_emb_dim: 12,
  n_mlp: 2,
};

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

function inputs(config: GeneratorConfig, b: number, h: number, w: number) {
  const image = (seed: number) => tf.tensor4d(hashNormals(seed, b * h * w), [b, h, w, 1]);
  const t = Array.from({ length: b }, (_, i) => (3 * i + 1) % 4);
  return [image(1), image(2), t, tf.tensor2d(hashNormals(3, b * config.nz), [b, config.nz])] as const;
}

const CASES: [string, Partial<GeneratorConfig>, number, number, number][] = [
  ['square', {}, 1, 16, 16],
  ['a batch of other sides', {}, 3, 20, 12],
  ['the target alone', { num_channels: 1 }, 1, 16, 16],
  ['two blocks a level, one-AdaGN', { num_res_blocks: 2, resblock_type: 'biggan_oneadagn' }, 1, 8, 8],
  ['without input pyramid', { progressive_input: 'none' }, 1, 16, 8],
  ['no tanh, not centred', { not_use_tanh: true, centered: false }, 1, 16, 16],
  ['one level', { ch_mult: [1], image_size: 8 }, 1, 7, 9],
];

it.each(CASES)('%s: as plain operations', async (_, change, b, h, w) => {
  const config = { ...SMALL, ...change };
  expect(isCovered(config, h, w)).toBe(true);
  const generator = loadGenerator(config, hashWeights(4, ncsnppTable(config)));
  const { denoise, dispose } = fastDenoiser(generator, ON_WASM);
  const given = inputs(config, b, h, w);
  const made = async (by: typeof denoise) => {
    const image = await by(...given);
    const values = await image.data<'float32'>();
    image.dispose();
    return values;
  };
  const own = await made(denoise);
  wantOwnKernels(false);
  const expected = await made(denoiserOf(generator));
  expect(await made(denoise)).toEqual(expected);
  wantOwnKernels(true);
  expect(await made(denoise)).toEqual(own);
  tf.dispose([...given]);
  const largest = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const error = own.reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i])), 0) / largest;
  expect(error).toBeGreaterThan(0);
  expect(error).toBeLessThan(2e-5);
  dispose();
  disposeGenerator(generator);
});

it('leaves networks that it does not cover to plain operations', () => {
  for (const change of [{ fir: false }, { progressive: 'output_skip' }, { num_channels_dae: 6 }] as const)
    expect(isCovered({ ...SMALL, ...change }, 16, 16)).toBe(false);
  expect(isCovered(SMALL, 18, 16)).toBe(false);
});

it('keeps its memory over many slices and changes of size, and gives all of it back', async () => {
  const heap = () => ownKernels()!.backend.wasm.asm.memory.buffer.byteLength;
  const tensors = tf.memory().numTensors;
  const round = async () => {
    const generator = loadGenerator(SMALL, hashWeights(4, ncsnppTable(SMALL)));
    const { denoise, path, dispose } = fastDenoiser(generator, ON_WASM);
    for (const side of [16, 16, 32, 16]) {
      const given = inputs(SMALL, 1, side, side);
      tf.dispose([...given, await denoise(...given)]);
    }
    expect(path()).toContain('SIMD kernels');
    dispose();
    disposeGenerator(generator);
  };
  await round();
  const before = heap();
  for (let i = 0; i < 30; i++) await round();
  expect(heap()).toBe(before);
  expect(tf.memory().numTensors).toBe(tensors);
});
