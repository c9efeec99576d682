import { afterEach, expect, it, vi } from 'vitest';
import { createKeepClient } from './client';

afterEach(() => vi.useRealTimers());

it('gives up a worker that does not answer, and asks another one next', async () => {
  vi.useFakeTimers();
  const terminate = vi.fn();
  const makeWorker = vi.fn(() => ({ postMessage() {}, terminate, onmessage: null, onerror: null }));
  const { put } = createKeepClient(makeWorker);
  for (let asked = 1; asked <= 2; asked++) {
    const kept = put({} as FileSystemDirectoryHandle, 'a', new Uint8Array(1));
    const refused = expect(kept).rejects.toThrow('put: the worker stopped (it does not answer)');
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    expect(makeWorker).toHaveBeenCalledTimes(asked);
    expect(terminate).toHaveBeenCalledTimes(asked);
  }
});
