/** What a tab keeps, in memory, for tests of the page's state. */
import type { TabFiles } from '../src/ui/state/keep/tabFiles';

export interface MemoryTab extends TabFiles {
  readonly kept: Map<string, Blob | Uint8Array>;
  /** Files are refused as where the quota is full. */
  isFull: boolean;
  /** `get` of these finds other bytes than were put. */
  readonly damaged: Set<string>;
}

export function memoryTab(): MemoryTab {
  const kept = new Map<string, Blob | Uint8Array>();
  const tab: MemoryTab = {
    kept,
    isFull: false,
    damaged: new Set(),
    async putFile(name, file) {
      if (tab.isFull) throw new Error('the quota is full');
      // The bytes alone, as a disk has them.
      kept.set(name, new Blob([await file.arrayBuffer()]));
    },
    async file(name) {
      const found = kept.get(name);
      return found instanceof Blob ? found : null;
    },
    async put(name, bytes) {
      kept.set(name, bytes.slice());
    },
    async get(name) {
      if (tab.damaged.has(name)) throw new Error(`${name}: must be as it was kept, got other bytes`);
      const found = kept.get(name);
      return found instanceof Uint8Array ? found : null;
    },
    async remove(name) {
      kept.delete(name);
    },
    async names() {
      return [...kept.keys()];
    },
  };
  return tab;
}
