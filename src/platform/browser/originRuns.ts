/**
 * Training runs in the origin's private file system: a folder each. A writable there takes a file's place when it is closed; only
 * a worker may write in place.
 */
import type { RunFiles } from '../../engine/training/runFiles';

/** Where runs are kept; one worker of this origin at a time, in whichever tab, writes to one. */
export interface RunStore {
  open(runId: string): Promise<RunFiles>;
  list(): Promise<string[]>;
  /** Of all of a run's files. */
  bytes(runId: string): Promise<number>;
  remove(runId: string): Promise<void>;
  /** Keeps all others from writing to a run until what it returns is called, or this worker ends. Null where another one writes to it. */
  lock(runId: string): Promise<(() => void) | null>;
  /** The runs that somebody writes to, this worker or another one. */
  locked(): Promise<ReadonlySet<string>>;
  /** Done when the first of them is not written to any more. */
  whenFree(runIds: readonly string[]): Promise<void>;
}

const FOLDER = 'training';

export const originRuns: RunStore = {
  open: async (runId) => originFiles(await (await runsFolder()).getDirectoryHandle(runId, { create: true })),
  list: async () => namesIn(await runsFolder()),
  bytes: async (runId) => bytesIn(await (await runsFolder()).getDirectoryHandle(runId)),
  remove: async (runId) => (await runsFolder()).removeEntry(runId, { recursive: true }),
  lock: async (runId) => {
    // The lock of a worker that has just ended, or of one that was waiting for it, is free in a moment.
    for (let tries = 0; tries < 5; tries++) {
      const release = await lockOnce(lockName(runId));
      if (release) return release;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return null;
  },
  locked: async () => {
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    const names = held.map(({ name = '' }) => name);
    return new Set(names.filter((name) => name.startsWith(LOCK)).map((name) => name.slice(LOCK.length)));
  },
  whenFree: async (runIds) => {
    const controller = new AbortController();
    const { signal } = controller;
    const free = (runId: string) =>
      navigator.locks.request(lockName(runId), { mode: 'shared', signal }, () => {});
    await Promise.race(runIds.map(free)).finally(() => controller.abort());
  },
};

const LOCK = 'syndiff-run-';
const lockName = (runId: string) => LOCK + runId;

function lockOnce(name: string): Promise<(() => void) | null> {
  // Where there are no locks nobody can be kept out.
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => resolve(release)) : Promise.resolve(resolve(null));
    navigator.locks.request(name, { ifAvailable: true }, hold).catch(reject);
  });
}

async function runsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch (error) {
    throw new Error(
      `training: needs the browser's private file storage for its checkpoints, which was refused (${(error as Error).message}); leave private browsing or allow this site to store data`,
    );
  }
}

function originFiles(folder: FileSystemDirectoryHandle): RunFiles {
  return {
    read: async (name) => {
      try {
        const file = await (await folder.getFileHandle(name)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        if ((error as Error).name === 'NotFoundError') return null;
        throw error;
      }
    },
    write: async (name, bytes) => {
      let writable: FileSystemWritableFileStream | null = null;
      try {
        const handle = await folder.getFileHandle(name, { create: true });
        writable = await handle.createWritable();
        await writable.write(bytes as Uint8Array<ArrayBuffer>);
        await writable.close();
      } catch (error) {
        await writable?.abort().catch(() => undefined);
        throw notWritten(error);
      }
    },
    append: async (name, at, bytes) => {
      let file: FileSystemSyncAccessHandle | null = null;
      try {
        // In place: a writable would copy the whole file each time.
        const handle = await folder.getFileHandle(name, { create: true });
        file = await handle.createSyncAccessHandle();
        file.truncate(at);
        const written = file.write(bytes as Uint8Array<ArrayBuffer>, { at });
        if (written !== bytes.length) throw new Error(`${written} of ${bytes.length} bytes`);
        file.flush();
      } catch (error) {
        throw notWritten(error);
      } finally {
        file?.close();
      }
    },
    remove: (name) => folder.removeEntry(name),
    list: () => namesIn(folder),
  };
}

function notWritten(error: unknown): Error {
  const { name, message } = error as Error;
  const why = name === 'QuotaExceededError' ? "this browser's storage for the page is full" : message;
  return new Error(
    `training: the checkpoint could not be written (${why}), and the one before is kept; delete stored runs or free some disk space, then resume`,
  );
}

async function bytesIn(folder: FileSystemDirectoryHandle): Promise<number> {
  let bytes = 0;
  for await (const entry of folder.values())
    if (entry.kind === 'file') bytes += (await (entry as FileSystemFileHandle).getFile()).size;
  return bytes;
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}
