/**
 * Training runs in the origin's private file system: a folder each. A writable there takes a file's place when it is closed; only
 * a worker may write in place.
 */
import type { RunFiles } from '../../engine/training/runFiles';

/** Where runs are kept. */
export interface RunStore {
  open(runId: string): Promise<RunFiles>;
  list(): Promise<string[]>;
  /** Of all of a run's files. */
  bytes(runId: string): Promise<number>;
  remove(runId: string): Promise<void>;
}

const FOLDER = 'training';

export const originRuns: RunStore = {
  open: async (runId) => originFiles(await (await runsFolder()).getDirectoryHandle(runId, { create: true })),
  list: async () => namesIn(await runsFolder()),
  bytes: async (runId) => bytesIn(await (await runsFolder()).getDirectoryHandle(runId)),
  remove: async (runId) => (await runsFolder()).removeEntry(runId, { recursive: true }),
};

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
      const handle = await folder.getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      try {
        await writable.write(bytes as Uint8Array<ArrayBuffer>);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => undefined);
        throw notWritten(error);
      }
    },
    append: async (name, at, bytes) => {
      // In place: a writable would copy the whole file each time.
      const handle = await folder.getFileHandle(name, { create: true });
      const file = await handle.createSyncAccessHandle();
      try {
        file.truncate(at);
        const written = file.write(bytes as Uint8Array<ArrayBuffer>, { at });
        if (written !== bytes.length) throw new Error(`${written} of ${bytes.length} bytes`);
        file.flush();
      } catch (error) {
        throw notWritten(error);
      } finally {
        file.close();
      }
    },
    remove: (name) => folder.removeEntry(name),
    list: () => namesIn(folder),
  };
}

function notWritten(error: unknown): Error {
  return new Error(
    `training: the checkpoint could not be written (${(error as Error).message}); the one before is kept; delete stored runs to make room`,
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
