import { describe, expect, it } from 'vitest';
import type { BackendTrial, EngineInfo } from '../../workers/protocol';
import { fallbackNotice } from './fallback';

function infoOf(trials: BackendTrial[]): EngineInfo {
  const { backend, reason } = trials[trials.length - 1];
  return {
    backend,
    reason,
    trials,
    adapter: null,
    features: [],
    limits: {},
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

describe('fallbackNotice', () => {
  it('is silent on WebGPU and on what was asked for', () => {
    expect(fallbackNotice('auto', infoOf([chosen('webgpu')]))).toBeNull();
    expect(fallbackNotice('wasm', infoOf([chosen('wasm')]))).toBeNull();
  });

  it('says why there is no WebGPU, calmly if nobody asked for it', () => {
    const info = infoOf([missing, chosen('wasm')]);
    expect(fallbackNotice('auto', info)).toEqual({
      tone: 'info',
      text: 'WebGPU has no adapter; the page computes on wasm, which gives the same images but takes longer than a GPU.',
    });
    expect(fallbackNotice('webgpu', info)?.tone).toBe('warn');
  });

  it('warns of a backend that computes wrong', () => {
    const wrong: BackendTrial = {
      backend: 'webgpu',
      outcome: 'refused',
      reason: 'webgpu computes wrong here',
    };
    expect(fallbackNotice('auto', infoOf([wrong, chosen('wasm')]))).toEqual({
      tone: 'warn',
      text: 'webgpu computes wrong here; the page computes on wasm instead.',
    });
  });
});
