import { expect, it } from 'vitest';
import type { Calls, Response } from '../translate/protocol';
import { type CallHandlers, serve } from './serve';

/** What is posted of a call that is cancelled and then fails with this. */
async function postedAfterCancel(failure: (signal: AbortSignal) => unknown): Promise<Response[]> {
  const posted: Response[] = [];
  const models = (_: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(failure(signal)));
    });
  const handle = serve({ models } as Partial<CallHandlers<Calls>> as CallHandlers<Calls>, (message) =>
    posted.push(message),
  );
  const ended = handle({ id: 3, call: 'models', params: {} });
  await handle({ id: 3, call: 'cancel' });
  await ended;
  return posted;
}

it('says Aborted of a cancelled call, whatever the platform calls it', async () => {
  // As fetch does: a DOMException named AbortError.
  expect(await postedAfterCancel(({ reason }) => reason)).toEqual([
    {
      id: 3,
      kind: 'failed',
      error: expect.objectContaining({ name: 'Aborted', message: 'models: cancelled' }),
    },
  ]);
});

it('tells what goes wrong after a cancel as what it is', async () => {
  expect(await postedAfterCancel(() => new Error('no room for the checkpoint'))).toMatchObject([
    { kind: 'failed', error: { message: 'no room for the checkpoint' } },
  ]);
});
