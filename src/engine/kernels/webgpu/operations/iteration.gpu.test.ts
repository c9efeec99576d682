/**
 * A whole training iteration by kernels against plain operations, on wasm: WebGPU's compile for a quarter of an hour on a software driver.
 * What the kernels' own iteration needs takes minutes there, too, so it runs where it is asked for: SYNDIFF_KERNELS=1 npx vitest run src/engine/kernels/webgpu/operations/iteration.gpu.test.ts
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import '../../../../../test/softwareVulkan';
import { tinyData, tinySettings } from '../../../../../test/tinyRun';
import { nodeEnvironment } from '../../../../platform/node/environment';
import { startEngine } from '../../../backend/backend';
import { trainStepOf } from '../../../methods/trainStep';
import * as tf from '../../../tf';
import { batchOf } from '../../../training/batches';
import { disposeNetworks } from '../../../training/networks';
import { startRun } from '../../../training/startRun';
import { GPU_OPERATIONS, useOnGpu } from '../../own';
import { wantOwnKernels } from '../../wasm/kernels';
import { useGpuOperations } from './use';

const errors: Error[] = [];
const asked = process.env.SYNDIFF_KERNELS !== undefined;
const environment = await nodeEnvironment((error) => errors.push(error), asked ? 'all' : null);
const adapter = await environment.gpu?.requestAdapter();

/** The iteration's losses, with R1's. */
async function iterate() {
  const settings = { ...tinySettings(), batch: 1 };
  const trainStep = await trainStepOf(settings.method);
  const state = { ...startRun(settings), step: 0 };
  const batch = batchOf(tinyData(), settings, 0);
  const image = (values: Float32Array) =>
    tf.tensor4d(values, [settings.batch, settings.size, settings.size, 1]);
  const images = { a: image(batch.a), b: image(batch.b) };
  const losses = trainStep(state, images, { generators: 1e-4, discriminators: 1e-4 });
  const values: Record<string, number> = {};
  for (const [name, scalar] of losses) values[name] = (await scalar.data())[0];
  tf.dispose([...losses.values(), images.a, images.b]);
  disposeNetworks(state.networks);
  return values;
}

describe.skipIf(!adapter)(
  'an iteration of SynDiff (runs with SYNDIFF_KERNELS where there is an adapter)',
  () => {
    beforeAll(async () => {
      await startEngine('wasm', environment);
      await startEngine('webgpu', environment);
      expect((await useGpuOperations(true)).used).toEqual([...GPU_OPERATIONS]);
    }, 300_000);
    afterAll(() => {
      useOnGpu(null);
      tf.removeBackend('webgpu');
    });

    it('gives the same losses by fewer dispatches', async () => {
      const count = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
      const own = await iterate();
      // Plain operations take 29,348.
      expect(count.mock.calls.length).toBeLessThan(9000);
      count.mockRestore();
      await tf.setBackend('wasm');
      wantOwnKernels(false);
      const plain = await iterate().finally(() => wantOwnKernels(true));
      if (process.env.SYNDIFF_PRINT) console.log(own, plain);
      expect(Object.keys(own).length).toBeGreaterThan(8);
      for (const [name, value] of Object.entries(plain))
        expect(Math.abs(own[name] - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
      expect(errors).toEqual([]);
    }, 1_800_000);
  },
);
