/** What every worker of the page does besides its calls: it shows that it lives. */
import type { Response } from '../translate/protocol';
import type { Post } from './serve';

declare const self: DedicatedWorkerGlobalScope;

export const post: Post = (message: Response, transfer: Transferable[]) =>
  self.postMessage(message, transfer);

/**
 * Done once this worker holds the lock of its own name, which it keeps as long as it lives: the page waits for the same
 * lock and so learns of a silent death. Requests wait for it, for the page asks after the first answer and must not be first.
 */
const alive = new Promise<void>((resolve) => {
  const hold = () => {
    resolve();
    return new Promise(() => {});
  };
  if (navigator.locks) void navigator.locks.request(self.name, hold).catch(() => resolve());
  else resolve();
});

/** Gives every message to `handle`. */
export function listen<Message>(handle: (message: Message) => Promise<void>): void {
  self.addEventListener(
    'message',
    (event: MessageEvent<Message>) => void alive.then(() => handle(event.data)),
  );
}
