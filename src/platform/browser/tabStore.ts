/**
 * Files that live as long as a tab: a folder in the origin's private file system under the tab's id (tabId.ts), whose lock the
 * living page holds. What a closed tab has left is deleted by the next page of this origin that is opened.
 */
import { getKept, type PutKept, putKept, storedFile, writeFile } from './keptFile';
import { abandoned, lockName, ownTabId, type SessionItems } from './tabId';

/** Of what the origin may still store copies of the user's files leave most, for the checkpoints of trainings. */
const SHARE = 0.25;
/** A tab that is being loaded again holds no lock for a moment. */
const RELOAD_MS = 2000;
const CLEAN_AFTER_MS = 5000;
/** From so many bytes on another thread writes: a slice of a model's 256 x 256 pixels took the page 20 ms. */
const LARGE = 10_000;
const FOLDER = 'tabs';

export interface TabStore {
  /** A copy of the file, without reading it into memory. @throws Error where it does not fit */
  putFile(name: string, file: Blob): Promise<void>;
  file(name: string): Promise<Blob | null>;
  /** Kept with their checksum. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** @throws CorruptFile where they are not what was put */
  get(name: string): Promise<Uint8Array | null>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/**
 * @param putElsewhere as `putKept`, off the page's thread
 * @throws Error where the browser keeps nothing for this page
 */
export async function openTabStore(session: SessionItems, putElsewhere: PutKept): Promise<TabStore> {
  const { locks, storage } = navigator;
  const root = await (await storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  const id = await ownTabId({ session, hold, newId: () => crypto.randomUUID(), now: Date.now });
  setTimeout(() => void clean(root, locks, id).catch(() => undefined), CLEAN_AFTER_MS);
  return storeIn(await root.getDirectoryHandle(id, { create: true }), putElsewhere);
}

/** The lock of that tab, for as long as this page lives; false where another page holds it. */
function hold(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise<void>(() => {});
    };
    navigator.locks
      .request(lockName(id), { signal: AbortSignal.timeout(RELOAD_MS) }, held)
      .catch(() => resolve(false));
  });
}

/** Seen twice without a lock: a tab that was being loaded again in between has taken its own. */
async function clean(root: FileSystemDirectoryHandle, locks: LockManager, own: string): Promise<void> {
  const look = async () => {
    const names: string[] = [];
    for await (const name of root.keys()) names.push(name);
    const held = (await locks.query()).held ?? [];
    return abandoned(names, new Set(held.flatMap(({ name }) => name ?? [])), own);
  };
  const first = new Set(await look());
  await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
  for (const name of await look()) if (first.has(name)) await root.removeEntry(name, { recursive: true });
}

function storeIn(folder: FileSystemDirectoryHandle, putElsewhere: PutKept): TabStore {
  return {
    async putFile(name, file) {
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      if (file.size > SHARE * (quota - usage)) throw new Error('the browser has too little storage left');
      await writeFile(folder, name, [file]);
    },
    file: (name) => storedFile(folder, name),
    async put(name, bytes) {
      // Whatever kept the other from it, here it succeeds or says why.
      if (bytes.length < LARGE) await putKept(folder, name, bytes);
      else await putElsewhere(folder, name, bytes).catch(() => putKept(folder, name, bytes));
    },
    get: (name) => getKept(folder, name),
    remove: (name) => folder.removeEntry(name),
    async names() {
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
  };
}
