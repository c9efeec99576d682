/** What is compiled before the weights come is what they want: counted on Dawn's adapter that computes nothing, and so compiles in no time. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { create, globals } from 'webgpu';
import { hashWeights } from '../../hash';
import { compileAhead } from '../../methods/compileAhead';
import { type GeneratorConfig, PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { loadGenerator } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import { loadTree } from '../../networks/parameters';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import * as tf from '../../tf';
import { FusedResnet } from './fusedResnet';
import { FusedGenerator } from './generator';
import { optionsHere } from './optionsHere';

const CONFIG: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 32,
  num_channels_dae: 8,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  attn_resolutions: [16],
  nz: 8,
  z_emb_dim: 16,
};
const R = { ngf: 8, n_blocks: 2 };

const compiled = vi.fn();

beforeAll(async () => {
  Object.assign(globalThis, globals);
  const gpu = create(['backend=null']);
  vi.stubGlobal('navigator', { gpu });
  const adapter = (await gpu.requestAdapter())!;
  const device = await adapter.requestDevice();
  const make = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    compiled();
    return make(descriptor);
  };
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  await tf.setBackend('webgpu');
});
afterAll(() => {
  tf.removeBackend('webgpu');
  vi.unstubAllGlobals();
});

const about = { preprocessing: { size: 32 }, weights: { dtype: 'f32' } };

it('the diffusive generator', async () => {
  await compileAhead({ ...about, network: { method: 'syndiff', ...CONFIG } } as never);
  const ahead = compiled.mock.calls.length;
  expect(ahead).toBeGreaterThan(20);
  const generator = loadGenerator(CONFIG, hashWeights(1, ncsnppTable(CONFIG)));
  const fused = new FusedGenerator(generator, await optionsHere());
  await fused.prepare({ batch: 1, height: 32, width: 32, inputs: [1, 1], outputs: 1 });
  expect(compiled).toHaveBeenCalledTimes(ahead);
  // Another size wants kernels of its own.
  await fused.prepare({ batch: 1, height: 16, width: 16, inputs: [1, 1], outputs: 1 });
  expect(compiled.mock.calls.length).toBeGreaterThan(ahead);
});

it('R', async () => {
  compiled.mockClear();
  await compileAhead({ ...about, network: { method: 'cgan', ...R } } as never);
  const ahead = compiled.mock.calls.length;
  expect(ahead).toBeGreaterThan(5);
  const table = resnetGeneratorTable(R);
  const weights = loadTree<ResnetGeneratorWeights>(table, hashWeights(2, table));
  await new FusedResnet(weights, await optionsHere()).prepare({ batch: 1, height: 32, width: 32 });
  expect(compiled).toHaveBeenCalledTimes(ahead);
});
