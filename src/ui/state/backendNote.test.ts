import { describe, expect, it } from 'vitest';
import type { BackendTrial, EngineInfo } from '../../workers/translate/protocol';
import { backendNote } from './backendNote';

function infoOf(trials: BackendTrial[]): EngineInfo {
  const { backend, reason } = trials[trials.length - 1];
  return {
    backend,
    reason,
    trials,
    adapter: null,
    features: [],
    limits: {},
    threads: null,
    selfTestError: 0,
    selfTestMs: 1,
  };
}
const chosen = (backend: BackendTrial['backend']): BackendTrial => ({
  backend,
  outcome: 'chosen',
  reason: '',
});
const missing: BackendTrial = { backend: 'webgpu', outcome: 'unavailable', reason: 'WebGPU has no adapter' };

describe('backendNote', () => {
  it('names the backend', () => {
    expect(backendNote('auto', infoOf([chosen('webgpu')]))).toEqual({
      tone: 'info',
      text: 'Computes on WebGPU.',
    });
    expect(backendNote('wasm', infoOf([chosen('wasm')])).text).toBe(
      'Computes on wasm: the same images, but slower than on a GPU.',
    );
  });

  it('says why there is no WebGPU, and warns only if it was asked for', () => {
    const info = infoOf([missing, chosen('wasm')]);
    expect(backendNote('auto', info)).toEqual({
      tone: 'info',
      text: 'Computes on wasm: the same images, but slower than on a GPU. WebGPU has no adapter.',
    });
    expect(backendNote('webgpu', info)).toEqual({
      tone: 'warn',
      text: 'WebGPU has no adapter; the page computes on wasm instead.',
    });
  });

  it('warns of a backend that computes wrong', () => {
    const wrong: BackendTrial = {
      backend: 'webgpu',
      outcome: 'refused',
      reason: 'webgpu computes wrong here',
    };
    expect(backendNote('auto', infoOf([wrong, chosen('wasm')]))).toEqual({
      tone: 'warn',
      text: 'webgpu computes wrong here; the page computes on wasm instead.',
    });
  });
});
