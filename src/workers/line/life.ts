/** What every worker of the page does besides its calls: it shows that it lives, and tells of a failed GPU. */
import type { DeviceLost, OutOfMemory } from '../../errors';
import { browserEnvironment } from '../../platform/browser/environment';
import { loadWeights } from '../../platform/browser/weightsCache';
import { jsonOf } from '../../schema';
import type { Response } from '../translate/protocol';
import type { ModelFiles } from './modelFiles';
import { type Post, serialiseError } from './serve';

declare const self: DedicatedWorkerGlobalScope;

export const post: Post = (message: Response, transfer: Transferable[]) =>
  self.postMessage(message, transfer);

/** The folder of index.html, wherever the page is hosted: a built worker lies in `assets/` in it. */
const PAGE_FOLDER = new URL(import.meta.env.DEV ? '/' : '..', self.location.href);

/** An address of the page's own files. */
const ownUrl = (path: string): string => new URL(path, PAGE_FOLDER).href;

/** @throws Error where the server does not have it, CorruptFile where it is no JSON */
async function fetchOwnJson(path: string): Promise<unknown> {
  const response = await fetch(ownUrl(path));
  if (!response.ok)
    throw new Error(`${path}: could not be fetched (status ${response.status}); reload the page`);
  return jsonOf(await response.text(), { subject: path, advice: 'reload the page' });
}

const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => waiting.shift()!();

/** Lets waiting messages in: one behind them, for timers wait 4 ms each after a few. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    turns.port2.postMessage(null);
  });

/** Of voxels that the page shows and this worker reads: one memory where the browser lets pages share it (cross-origin isolated). */
const memory = (bytes: number): ArrayBufferLike =>
  self.crossOriginIsolated ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);

let deviceError: DeviceLost | OutOfMemory | null = null;

/** The first error ends this worker: nothing that it computed since can be trusted. */
function onDeviceError(error: DeviceLost | OutOfMemory): void {
  if (deviceError) return;
  deviceError = error;
  post({ id: -1, kind: 'lost', error: serialiseError(error) }, []);
}

/** Throws if the GPU has failed since the engine started. */
function checkDevice(): void {
  if (deviceError) throw deviceError;
}

/** What a worker's calls need of the browser. */
export const browser = {
  engine: browserEnvironment(onDeviceError),
  checkDevice,
  fetchJson: fetchOwnJson,
  loadWeights: (path, expected, onProgress, signal) =>
    loadWeights(ownUrl(path), expected, onProgress, signal),
  pause,
  memory,
  today: () => new Date(),
} satisfies ModelFiles & Record<string, unknown>;

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
