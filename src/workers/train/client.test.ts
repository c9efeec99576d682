import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTrainClient } from './client';
import type { StoredRuns, TrainRequest } from './protocol';

const STORED: StoredRuns = {
  readable: [],
  unreadable: [{ runId: 'run-1', reason: 'checkpoint.json: must be JSON', bytes: 9 }],
};
const ANSWERS: Record<string, unknown> = {
  runs: STORED,
  runFiles: [{ name: 'a', blob: new Blob(['x']) }],
  deleteRun: null,
};

beforeEach(() => {
  // Newer versions of Node have locks; the stand-in holds none and would pass for dead.
  vi.stubGlobal('navigator', undefined);
});
afterEach(() => vi.unstubAllGlobals());

it('lists, hands over and deletes stored runs without an engine', async () => {
  const asked: unknown[] = [];
  const client = createTrainClient(() => {
    const worker = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      onerror: null,
      postMessage: ({ id, ...request }: TrainRequest) => {
        asked.push(request);
        const data = structuredClone({ id, kind: 'done', result: ANSWERS[request.call] });
        queueMicrotask(() => worker.onmessage?.({ data } as MessageEvent));
      },
      terminate: () => undefined,
    };
    return worker;
  });
  expect(await client.runs()).toEqual(STORED);
  expect(await client.runFiles('run-1')).toMatchObject([{ name: 'a' }]);
  await client.deleteRun('run-1');
  expect(asked).toEqual([
    { call: 'runs', params: {} },
    { call: 'runFiles', params: { runId: 'run-1' } },
    { call: 'deleteRun', params: { runId: 'run-1' } },
  ]);
});
