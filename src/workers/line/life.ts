/** What a worker with an engine has of the browser, and that it tells of a failed GPU. */
import type { DeviceLost, OutOfMemory } from '../../errors';
import { browserEnvironment } from '../../platform/browser/environment';
import { inflateAhead } from '../../platform/browser/inflate';
import { loadWeights } from '../../platform/browser/weightsCache';
import { jsonOf } from '../../schema';
import { post } from './listen';
import type { ModelFiles } from './modelFiles';
import { serialiseError } from './serve';

declare const self: DedicatedWorkerGlobalScope;

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
  inflate: inflateAhead,
  today: () => new Date(),
} satisfies ModelFiles & Record<string, unknown>;
