/** What the page keeps for a reload of its tab is given to, and asked of. Nothing else knows where that is. */
export interface TabFiles {
  putFile(name: string, file: Blob): Promise<void>;
  file(name: string): Promise<Blob | null>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Rejects where the bytes are not those that were put. */
  get(name: string): Promise<Uint8Array | null>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

/** Names of what is kept, by the objects of the page that it is kept of. */
export interface KeptNames {
  /** Null for an object that is not kept. */
  of(object: object): string | null;
  set(object: object, name: string): void;
  /** A name that nothing has. */
  fresh(): string;
  /** Is not kept any more. */
  drop(name: string): void;
}

export function keptNames(existing: readonly string[]): KeptNames {
  const names = new WeakMap<object, string>();
  const kept = new Set(existing);
  let last = Math.max(0, ...existing.map(Number).filter(Number.isInteger));
  return {
    of(object) {
      const name = names.get(object);
      return name !== undefined && kept.has(name) ? name : null;
    },
    set(object, name) {
      names.set(object, name);
      kept.add(name);
    },
    fresh() {
      last += 1;
      return String(last);
    },
    drop: (name) => void kept.delete(name),
  };
}
