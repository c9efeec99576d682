/** Where the tiles that were found fastest on a device are kept: the engine's start says it, the kernels, which come later, ask. */

/** A text that outlasts the engine. */
export interface KeptText {
  /** Null where there is none, or none can be read. */
  read(): Promise<string | null>;
  /** Not kept where that is refused. */
  write(text: string): Promise<void>;
}

export interface TileStore {
  /** Null: they are found anew at each start. */
  kept: KeptText | null;
  /** Milliseconds, monotonic. */
  now: () => number;
}

const stores = new WeakMap<GPUDevice, TileStore>();

export function keepTiles(device: GPUDevice, store: TileStore): void {
  stores.set(device, store);
}

export const tileStoreOf = (device: GPUDevice): TileStore | undefined => stores.get(device);
