/**
 * The fused ResNet generator against plain operations, over sides that no tile divides and a batch; where it is asked for
 * (SYNDIFF_KERNELS=1) against the authors' numbers and in halves, too: software drivers take a second for each shader.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import '../../../../test/softwareVulkan';
import { readGolden } from '../../../../test/golden';
import { relativeError } from '../../../parity/compare';
import { image, NETWORK_TOLERANCE, parseGolden } from '../../../parity/kit';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { memoryUse } from '../../backend/memory';
import type { StateDict } from '../../formats/namedTensor';
import { hashNormals, hashWeights } from '../../hash';
import { disposeTree, loadTree, tensorsOf } from '../../networks/parameters';
import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import * as tf from '../../tf';
import { fastResnetGenerator } from '../fastOnePass';
import { FusedResnet } from './fusedResnet';
import { wantStorage } from './wanted';
import type { Storage } from './wgsl';

// Software drivers compile for seconds, of a busy machine for minutes.
vi.setConfig({ testTimeout: 300_000 });

const errors: Error[] = [];
const environment = await nodeEnvironment((error) => errors.push(error));
const adapter = await environment.gpu?.requestAdapter();
const asked = process.env.SYNDIFF_KERNELS !== undefined;

const SMALL = { ngf: 3, n_blocks: 2 };

/** Halves round at 5e-4 of a number, some dozen times one after the other. */
const TOLERANCES = { f32: NETWORK_TOLERANCE, f16: 1e-2 };

async function errorOf(
  config: ResnetGeneratorConfig,
  state: StateDict,
  x: tf.Tensor4D,
  storage: Storage,
  expected?: Float32Array,
): Promise<number> {
  const table = resnetGeneratorTable(config);
  const weights = loadTree<ResnetGeneratorWeights>(table, state);
  const before = tf.memory().numTensors;
  const fused = new FusedResnet(weights, { storage, weights: storage });
  const found: number[] = [];
  const want = expected ?? (await valuesOf(runResnetGenerator(weights, x)));
  // Twice: the second run finds what the first has left in memory that both share.
  for (let i = 0; i < 2; i++) found.push(relativeError(await valuesOf(await fused.run(x)), want));
  expect(tf.memory().numTensors).toBe(before);
  fused.dispose();
  disposeTree(table, weights);
  return Math.max(...found);
}

async function valuesOf(tensor: tf.Tensor4D): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}

describe.skipIf(!adapter)('fused ResNet generator (runs where there is an adapter)', () => {
  beforeAll(async () => {
    await startEngine('webgpu', environment);
  }, 300_000);
  afterAll(() => {
    expect(errors).toEqual([]);
    tf.removeBackend('webgpu');
  });

  it.each(asked ? (['f32', 'f16'] as const) : (['f32'] as const))(
    'is the network of plain operations, %s',
    async (storage) => {
      const state = hashWeights(7, resnetGeneratorTable(SMALL));
      const x = tf.tensor4d(hashNormals(8, 2 * 12 * 20), [2, 12, 20, 1]);
      expect(await errorOf(SMALL, state, x, storage)).toBeLessThan(storage === 'f32' ? 2e-5 : TOLERANCES.f16);
      x.dispose();
    },
  );

  it('computes for the methods, whose first image it holds against plain operations, which then leave the GPU; not on software unless asked', async () => {
    const table = resnetGeneratorTable(SMALL);
    const weights = loadTree<ResnetGeneratorWeights>(table, hashWeights(7, table));
    const x = tf.tensor4d(hashNormals(8, 2 * 12 * 20), [2, 12, 20, 1]);
    const want = await valuesOf(runResnetGenerator(weights, x));
    for (const [storage, path] of [
      [null, 'plain operations: the WebGPU adapter runs in software'],
      ['f32', 'fused WGSL kernels, f32 with float32 sums'],
    ] as const) {
      wantStorage(storage);
      const fast = fastResnetGenerator(weights);
      const { reservedBytes } = memoryUse();
      expect(relativeError(await valuesOf(await fast.run(x)), want)).toBeLessThan(2e-5);
      expect(fast.path()).toBe(path);
      const bytes = 4 * tensorsOf(weights).reduce((sum, { size }) => sum + size, 0);
      if (storage) expect(memoryUse().reservedBytes).toBeLessThanOrEqual(reservedBytes - bytes);
      fast.dispose();
    }
    wantStorage(null);
    // They are where plain operations want them again.
    expect(await valuesOf(runResnetGenerator(weights, x))).toEqual(want);
    disposeTree(table, weights);
    x.dispose();
  });

  it('refuses what it does not cover', async () => {
    const [side, attention] = [
      { ngf: 2, n_blocks: 1 },
      { ngf: 8, n_blocks: 1, attention_after: [1] },
    ];
    const run = (config: ResnetGeneratorConfig, sides: [number, number]) => {
      const x = tf.zeros([1, ...sides, 1]) as tf.Tensor4D;
      return errorOf(config, hashWeights(9, resnetGeneratorTable(config)), x, 'f32', new Float32Array(1));
    };
    await expect(run(side, [8, 10])).rejects.toThrow('multiples of 4');
    await expect(run(side, [4, 8])).rejects.toThrow('from 8 on');
    await expect(run(attention, [8, 8])).rejects.toThrow('no self-attention');
  });

  it.runIf(asked).each(['f32', 'f16'] as const)("is the authors' network, %s", async (storage) => {
    const golden = parseGolden(await readGolden('net_resnet_generator.safetensors'));
    const x = image(golden.tensor('in.x'));
    const config = golden.config as unknown as ResnetGeneratorConfig;
    const want = await valuesOf(image(golden.tensor('out')));
    const error = await errorOf(config, golden.params, x, storage, want);
    expect(error).toBeLessThan(TOLERANCES[storage]);
    x.dispose();
  });
});
