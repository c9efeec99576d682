import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Calls } from '../translate/protocol';
import { type WorkerLike, WorkerLink } from './link';
import { oneAtATime } from './oneAtATime';

beforeEach(() => void vi.stubGlobal('navigator', undefined));
afterEach(() => void vi.unstubAllGlobals());

/** A worker in the middle of a long step: it hears nothing. */
function busyWorker() {
  const posted: { id: number; call: string }[] = [];
  const worker: WorkerLike = {
    onmessage: null,
    onerror: null,
    postMessage: (message: { id: number; call: string }) => void posted.push(message),
    terminate: () => {},
  };
  const link = new WorkerLink<Calls>({
    makeWorker: () => worker,
    name: 'test',
    lost: (reason) => new Error(reason),
    onLost: () => {},
  });
  return { worker, link, posted };
}

it('a call that leaves at once is over when it is cancelled, and hears nothing more', async () => {
  const { worker, link, posted } = busyWorker();
  const abort = new AbortController();
  const told: unknown[] = [];
  const options = { signal: abort.signal, onEvent: (event: unknown) => told.push(event) };
  const call = link.call(
    link.open(),
    'loadModel',
    { source: { kind: 'shipped', id: 'a' } },
    { ...options, leavesAtOnce: true },
  );
  const slow = link.call(link.open(), 'models', {}, options).then(() => 'answered');
  abort.abort();
  await expect(call).rejects.toMatchObject({ name: 'Aborted', message: 'loadModel: cancelled' });
  expect(posted.filter((message) => message.call === 'cancel').map(({ id }) => id)).toEqual([0, 1]);
  const answer = (data: unknown) => worker.onmessage?.({ data } as MessageEvent);
  answer({ id: 0, kind: 'event', event: 'late' });
  answer({ id: 0, kind: 'done', result: 'late' });
  expect(told).toEqual([]);
  // Others wait for the worker's own answer.
  answer({ id: 1, kind: 'done', result: [] });
  expect(await slow).toBe('answered');
});

it('work waits for what was asked for before it, however that ends', async () => {
  const inTurn = oneAtATime();
  const seen: string[] = [];
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve));
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const first = work('first', true);
  const second = work('second');
  await expect(first).rejects.toThrow('first');
  expect(await second).toBe('second');
  expect(seen).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});
