/** The worker itself: wires the calls to the browser. Everything with logic in it lies in the files that it imports. */
import type { DeviceLost, OutOfMemory } from '../errors';
import { browserEnvironment } from './browserEnvironment';
import { createCalls } from './calls';
import type { Request, Response } from './protocol';
import { serialiseError, serve } from './serve';
import { loadWeights } from './weightsCache';

declare const self: DedicatedWorkerGlobalScope;

const post = (message: Response, transfer: Transferable[]) => self.postMessage(message, transfer);
const ownUrl = (path: string) => new URL(import.meta.env.BASE_URL + path, self.location.origin).href;

let deviceError: DeviceLost | OutOfMemory | null = null;

const handle = serve(
  createCalls({
    engine: browserEnvironment((error) => {
      if (deviceError) return;
      deviceError = error;
      post({ id: -1, kind: 'lost', error: serialiseError(error) }, []);
    }),
    checkDevice: () => {
      if (deviceError) throw deviceError;
    },
    fetchJson: async (path) => {
      const response = await fetch(ownUrl(path));
      if (!response.ok)
        throw new Error(`${path}: could not be fetched (status ${response.status}); reload the page`);
      return response.json();
    },
    loadWeights: (path, expected, onProgress, signal) =>
      loadWeights(ownUrl(path), expected, onProgress, signal),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    today: () => new Date(),
    userAgent: navigator.userAgent,
  }),
  post,
);

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

self.addEventListener('message', (event: MessageEvent<Request>) => void alive.then(() => handle(event.data)));
