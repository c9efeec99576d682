/** What is compiled before the weights come is what they want: counted on Dawn's adapter that computes nothing, and so compiles in no time. */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { create, globals } from 'webgpu';
import { tinyCard, tinyConfig } from '../../../../test/tinyModel';
import { hashWeights } from '../../hash';
import { compileAhead } from '../../methods/compileAhead';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import { loadGenerator } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import { loadTree } from '../../networks/parameters';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import * as tf from '../../tf';
import { FusedResnet } from './fusedResnet';
import { FusedGenerator } from './generator';
import { optionsHere } from './optionsHere';

const CONFIG: GeneratorConfig = { ...tinyConfig(32), ch_mult: [1, 2], attn_resolutions: [16] };
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

it('the diffusive generator', async () => {
  await compileAhead({ ...tinyCard(32), network: { method: 'syndiff', ...CONFIG } });
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
  await compileAhead({ ...tinyCard(32), network: { method: 'cgan', ...R } });
  const ahead = compiled.mock.calls.length;
  expect(ahead).toBeGreaterThan(5);
  const table = resnetGeneratorTable(R);
  const weights = loadTree<ResnetGeneratorWeights>(table, hashWeights(2, table));
  await new FusedResnet(weights, await optionsHere()).prepare({ batch: 1, height: 32, width: 32 });
  expect(compiled).toHaveBeenCalledTimes(ahead);
});
