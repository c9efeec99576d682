import { afterEach, describe, expect, it, vi } from 'vitest';
import { globals } from 'webgpu';
import { nodeEnvironment } from '../../platform/node/environment';
import { ownKernels } from '../kernels/wasm/kernels';
import * as tf from '../tf';
import { type BackendEnvironment, OWN_KERNELS, startEngine } from './backend';
import { ownSelfTestError, selfTestError, selfTestOutput } from './selfTest';

// TensorFlow.js wants WebGPU's constants and a navigator with a GPU, of one that is made up too.
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', { value: { gpu: {} }, configurable: true });

async function environment(change: Partial<BackendEnvironment> = {}): Promise<BackendEnvironment> {
  return { ...(await nodeEnvironment(() => {}, null)), gpu: null, ...change };
}

/** A GPU whose adapter calls itself what the test says. */
function gpuNamed(architecture: string): GPU {
  const info = { vendor: 'google', architecture, device: '', description: '', isFallbackAdapter: false };
  return { requestAdapter: async () => ({ info }) } as unknown as GPU;
}

describe('startEngine', () => {
  afterEach(() => vi.restoreAllMocks());

  it('falls from webgpu over webgl to wasm and gives every reason', async () => {
    const info = await startEngine('auto', await environment());
    expect(info.backend).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(info.selfTestError).toBeLessThan(1e-5);
    expect(info.trials.map((t) => [t.backend, t.outcome])).toEqual([
      ['webgpu', 'unavailable'],
      ['webgl', 'unavailable'],
      ['wasm', 'chosen'],
    ]);
    expect(info.reason).toContain('WebGPU is not available');
  });

  it('passes over a software adapter', async () => {
    const info = await startEngine('auto', await environment({ gpu: gpuNamed('swiftshader') }));
    expect(info.trials[0]).toMatchObject({ backend: 'webgpu', outcome: 'skipped' });
    expect(info.trials[0].reason).toContain('swiftshader');
  });

  it('refuses a backend that computes wrong and falls back', async () => {
    const right = tf.getKernel('FusedConv2D', 'wasm');
    tf.unregisterKernel('FusedConv2D', 'wasm');
    tf.registerKernel({
      ...right,
      kernelFunc: (call) => {
        // One part in a hundred too large: invisible to shape checks, visible in an image.
        const y = right.kernelFunc(call) as tf.TensorInfo;
        const { dataId, shape, dtype } = y;
        return tf.getKernel('Multiply', 'wasm').kernelFunc({
          inputs: { a: { dataId, shape, dtype }, b: tf.scalar(1.01) },
          backend: call.backend,
        }) as tf.TensorInfo;
      },
    });
    try {
      const info = await startEngine('wasm', await environment());
      expect(info.trials[0]).toMatchObject({ backend: 'wasm', outcome: 'refused' });
      expect(info.trials[0].reason).toContain('computes wrong');
      expect(info.backend).toBe('cpu');
    } finally {
      tf.unregisterKernel('FusedConv2D', 'wasm');
      tf.registerKernel(right);
    }
  });

  it('takes our kernels where they compute right, else plain operations', async () => {
    const whole = new Uint8Array((await (await environment()).wasmKernels()) as Uint8Array);
    // The FIR filter's 3/4 becomes a little more, wherever it stands.
    const wrong = whole.slice();
    const at = (i: number) =>
      wrong[i] === 0 && wrong[i + 1] === 0 && wrong[i + 2] === 0x40 && wrong[i + 3] === 0x3f;
    for (let i = 0; i < wrong.length - 3; i++) if (at(i)) wrong[i + 1] = 0x80;
    const trials: [Uint8Array | null, RegExp | null][] = [
      [null, /^plain operations: our kernels did not start \(404\)$/],
      [wrong, /^plain operations: our kernels compute wrong here \(self-test error \d\.\de-\d\)$/],
      [whole.subarray(0, 100), /^plain operations: our kernels did not start \(.+\)$/],
      [whole, null],
    ];
    for (const [bytes, refusal] of trials) {
      const taken = refusal === null;
      const wasmKernels = async () => bytes ?? Promise.reject(new Error('404'));
      const info = await startEngine(
        'wasm',
        await environment({ wasmKernels: wasmKernels as () => Promise<BufferSource> }),
      );
      expect(info.backend).toBe('wasm');
      expect(ownKernels() !== null).toBe(taken);
      expect(info.features).toEqual([taken ? OWN_KERNELS : expect.stringMatching(refusal)]);
      expect(await selfTestError()).toBeLessThan(1e-5);
    }
    expect(await ownSelfTestError()).toBeLessThan(1e-5);
  });

  it('falls back where the device fails during its test, and hears no more of it', async () => {
    const errors: Error[] = [];
    let fail = () => {};
    const device = {
      features: new Set(),
      limits: {},
      lost: new Promise(() => {}),
      addEventListener: (_: string, listener: (event: unknown) => void) => {
        fail = () => listener({ error: new Error('out of registers') });
        fail();
      },
    };
    const adapter = {
      info: { vendor: 'a', architecture: 'b', device: '', description: '', isFallbackAdapter: false },
      features: new Set(),
      limits: {},
      requestDevice: async () => device,
    };
    const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
    const info = await startEngine('auto', await environment({ gpu, onDeviceError: (e) => errors.push(e) }));
    expect(info.trials[0]).toMatchObject({ backend: 'webgpu', outcome: 'unavailable' });
    expect(info.trials[0].reason).toContain('the GPU reported an error (out of registers)');
    expect(info.backend).toBe('wasm');
    fail();
    expect(errors).toEqual([]);
  });

  it('refuses a name that is no backend', async () => {
    await expect(startEngine('cuda' as 'cpu', await environment())).rejects.toThrow('got cuda');
  });

  it('leaves no tensor behind', async () => {
    await startEngine('wasm', await environment());
    const before = tf.memory().numTensors;
    await selfTestOutput();
    expect(tf.memory().numTensors).toBe(before);
  });
});
