/** The worker's side of a protocol: requests in, events and one answer out. Knows no call by itself. */
import { Aborted } from '../../errors';
import { shortSentence } from '../../plainText';
import type { CallTable, Response, SerialisedError } from '../translate/protocol';

/** What a call may do besides returning its result. */
export interface CallContext<Event> {
  signal: AbortSignal;
  event: (event: Event, transfer?: Transferable[]) => void;
  /** Buffers of the result that the page shall own. */
  transfer: (...buffers: ArrayBuffer[]) => void;
}

/** One function a call of the protocol's table. */
export type CallHandlers<C extends CallTable<C>> = {
  [K in keyof C]: (params: C[K]['params'], context: CallContext<C[K]['event']>) => Promise<C[K]['result']>;
};

type AnyRequest<C> = { id: number; call: keyof C & string; params: unknown } | { id: number; call: 'cancel' };

const CANCELS: ReadonlySet<string> = new Set(['Aborted', 'AbortError']);

export type Post = (message: Response, transfer: Transferable[]) => void;

/**
 * The function to call for every message. Calls run at the same time unless a handler waits for another; `cancel` aborts
 * the signal of the call that it names, which then fails with Aborted.
 */
export function serve<C extends CallTable<C>>(
  handlers: CallHandlers<C>,
  post: Post,
): (message: AnyRequest<C>) => Promise<void> {
  const running = new Map<number, AbortController>();
  return async (message) => {
    if (!('params' in message)) {
      running.get(message.id)?.abort();
      return;
    }
    const { id, call, params } = message;
    const controller = new AbortController();
    running.set(id, controller);
    const transfers: Transferable[] = [];
    const context: CallContext<unknown> = {
      signal: controller.signal,
      event: (event, transfer = []) => post({ id, kind: 'event', event }, transfer),
      transfer: (...buffers) => transfers.push(...buffers),
    };
    try {
      // The handler of a call takes that call's parameters; the compiler cannot see that they go together.
      const handler = handlers[call] as (p: unknown, c: CallContext<unknown>) => Promise<unknown>;
      const result = await handler(params, context);
      controller.signal.throwIfAborted();
      post({ id, kind: 'done', result }, transfers);
    } catch (error) {
      // The platform has a name of its own for it, e.g. where a download was cancelled. What else goes wrong after a cancel is told as it is:
      // a training's checkpoint may find no room.
      const isCancel = controller.signal.aborted && CANCELS.has((error as Error)?.name);
      const told = isCancel ? new Aborted(`${call}: cancelled`) : error;
      post({ id, kind: 'failed', error: serialiseError(told) }, []);
    } finally {
      running.delete(id);
    }
  };
}

/** It begins with the message. */
const LONGEST_STACK = 10_000;

export function serialiseError(error: unknown): SerialisedError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message: shortSentence(message), stack: stack?.slice(0, LONGEST_STACK) };
}
