/** The page's view of the writing worker, which is made when there is first something to write. */
import { type MakeWorker, WorkerLink } from '../line/link';
import type { KeepCalls } from './protocol';

export interface KeepClient {
  /** Bytes under a name in a folder of the origin's private file system, with their checksum. @throws Error where they do not fit, or the worker died or does not answer */
  put(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array): Promise<void>;
}

const makeKeepWorker: MakeWorker = (name) =>
  new Worker(new URL('./keep.worker.ts', import.meta.url), { type: 'module', name });

/** Milliseconds after which bytes are not waited for: a worker whose script does not come, or that died before its first answer, says nothing. */
const PATIENCE = 10_000;

export function createKeepClient(makeWorker: MakeWorker = makeKeepWorker): KeepClient {
  const lost = (reason: string) => new Error(`put: the worker stopped (${reason})`);
  const link = new WorkerLink<KeepCalls>({ makeWorker, name: 'syndiff-keep', lost, onLost: () => {} });
  return {
    async put(folder, name, bytes) {
      const worker = link.open();
      const late = setTimeout(() => {
        if (link.isCurrent(worker)) link.close('it does not answer');
      }, PATIENCE);
      await link.call(worker, 'put', { folder, name, bytes }).finally(() => clearTimeout(late));
    },
  };
}
