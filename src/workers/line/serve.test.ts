import { expect, it } from 'vitest';
import type { Calls, Response } from '../translate/protocol';
import { type CallHandlers, serve } from './serve';

it('tells what goes wrong after a cancel as what it is', async () => {
  const posted: Response[] = [];
  const fullDisk = (_: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('no room for the checkpoint')));
    });
  const handle = serve(
    { models: fullDisk } as Partial<CallHandlers<Calls>> as CallHandlers<Calls>,
    (message) => posted.push(message),
  );
  const ended = handle({ id: 3, call: 'models', params: {} });
  await handle({ id: 3, call: 'cancel' });
  await ended;
  expect(posted).toMatchObject([{ kind: 'failed', error: { message: 'no room for the checkpoint' } }]);
});

it('says Aborted of a cancelled call, whatever the platform calls it', async () => {
  const posted: Response[] = [];
  const untilAborted = (_: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<never>((_, reject) => {
      // As fetch does: a DOMException named AbortError.
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const handle = serve(
    { models: untilAborted } as Partial<CallHandlers<Calls>> as CallHandlers<Calls>,
    (message) => posted.push(message),
  );
  const ended = handle({ id: 3, call: 'models', params: {} });
  await handle({ id: 3, call: 'cancel' });
  await ended;
  expect(posted).toEqual([
    {
      id: 3,
      kind: 'failed',
      error: expect.objectContaining({ name: 'Aborted', message: 'models: cancelled' }),
    },
  ]);
});
