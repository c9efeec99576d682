/** The page's view of the writing worker, which is made when there is first something to write. */
import { type MakeWorker, WorkerLink } from '../line/link';
import type { KeepCalls } from './protocol';

export interface KeepClient {
  /** Bytes under a name in a folder of the origin's private file system, with their checksum. @throws Error where they do not fit, or the worker died */
  put(folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array): Promise<void>;
}

const makeKeepWorker: MakeWorker = (name) =>
  new Worker(new URL('./keep.worker.ts', import.meta.url), { type: 'module', name });

export function createKeepClient(makeWorker: MakeWorker = makeKeepWorker): KeepClient {
  const lost = (reason: string) => new Error(`put: the worker stopped (${reason})`);
  const link = new WorkerLink<KeepCalls>({ makeWorker, name: 'syndiff-keep', lost, onLost: () => {} });
  return {
    async put(folder, name, bytes) {
      await link.call(link.open(), 'put', { folder, name, bytes });
    },
  };
}
