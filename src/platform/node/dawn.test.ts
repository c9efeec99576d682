import { describe, expect, it } from 'vitest';
import { startEngine } from '../../engine/backend/backend';
import { type AdapterInfo, dawn } from './dawn';
import { nodeEnvironment } from './environment';

const LAVAPIPE: AdapterInfo = {
  vendor: 'mesa',
  architecture: '',
  device: '',
  description: 'llvmpipe (LLVM 15.0.6, 256 bits)',
  isFallbackAdapter: false,
};

describe('what another process has looked for', () => {
  it.each<[string, AdapterInfo | null | 'failed', string]>([
    ['nothing', null, 'WebGPU has no adapter'],
    ['software', LAVAPIPE, 'WebGPU runs in software here (llvmpipe (LLVM 15.0.6, 256 bits)); wasm is faster'],
    ['a driver that crashes', 'failed', 'WebGPU is not available'],
  ])('%s: is told, and Dawn is not loaded', async (_, found, reason) => {
    const gpu = await dawn('hardware', async () => found);
    const info = await startEngine('auto', { ...(await nodeEnvironment(() => {}, null)), gpu });
    expect([info.backend, info.trials[0].reason]).toEqual(['wasm', reason]);
    expect(globalThis).not.toHaveProperty('GPUAdapter');
  });
});
