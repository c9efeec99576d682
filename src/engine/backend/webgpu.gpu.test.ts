/**
 * The engine on WebGPU in Node, on Chromium's software driver where no other is set. Skipped where there is no adapter at
 * all: it takes libvulkan1 and Chromium, or a GPU with a Vulkan driver.
 */
import { afterAll, describe, expect, it } from 'vitest';
import * as tf from '../tf';
import '../../../test/softwareVulkan';
import { goldenFiles, readGolden } from '../../../test/golden';
import type { DeviceLost, OutOfMemory } from '../../errors';
import { isNetworkGolden, runNetworkGolden } from '../../parity/networks';
import { nodeEnvironment } from '../../platform/node/environment';
import { type BackendEnvironment, startEngine } from './backend';

const errors: (DeviceLost | OutOfMemory)[] = [];
let device: GPUDevice | null = null;
const environment = await nodeEnvironment((error) => errors.push(error));
const adapter = await environment.gpu?.requestAdapter();

/** The environment with a look at the device that the engine makes. */
const watched: BackendEnvironment = {
  ...environment,
  gpu: {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const found = await environment.gpu!.requestAdapter(options);
      const request = found!.requestDevice.bind(found);
      found!.requestDevice = async (descriptor) => {
        device = await request(descriptor);
        return device;
      };
      return found;
    },
  } as GPU,
};

// What the page computes with where the adapter is software. Those that take a driver half a minute to compile run where they are asked
// for, `SYNDIFF_KERNELS=1`; all of it by `npx syndiff parity --backend webgpu`; on wasm in `parity.slow.test.ts`; a whole chain is
// e2e/webgpu.spec.ts's.
const HERE =
  process.env.SYNDIFF_KERNELS === undefined
    ? /^(resampling|net_(patch|resnet))/
    : /^(block_|resampling|net_(ncsnpp_small|diffusive_discriminator_small|patch|resnet))/;
const files = goldenFiles.filter((name) => isNetworkGolden(name) && HERE.test(name));

describe.skipIf(!adapter)('webgpu in Node (skipped where there is no adapter)', () => {
  afterAll(() => tf.removeBackend('webgpu'));

  it('runs on its own device with the features and limits of the adapter, and passes the self-test', async () => {
    const info = await startEngine('webgpu', watched);
    expect(info.trials).toHaveLength(1);
    expect(info.backend).toBe('webgpu');
    expect(info.selfTestError).toBeLessThan(1e-5);
    for (const feature of ['shader-f16', 'subgroups']) {
      expect(info.features.includes(feature)).toBe(adapter!.features.has(feature));
    }
    expect(info.limits.maxStorageBufferBindingSize).toBe(adapter!.limits.maxStorageBufferBindingSize);
  });

  it.each(files)('parity of %s', async (name) => {
    const before = tf.memory().numTensors;
    for (const result of await runNetworkGolden(name, readGolden))
      expect(result.passed, `${result.name}: error ${result.error}, allowed ${result.tolerance}`).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    expect(errors).toEqual([]);
  });

  it('reports an error of the GPU that nobody asked for', async () => {
    device!.createBuffer({ size: 4, usage: 0 }); // no usage: not valid
    await device!.queue.onSubmittedWorkDone();
    await expect.poll(() => errors.map((e) => e.name)).toEqual(['DeviceLost']);
    expect(errors[0].message).toContain('webgpu: the GPU reported an error');
  });
});
