/**
 * The kernels of assembly/, on the memory of TensorFlow.js's wasm backend: an address that they are given is a tensor's place there, or
 * room taken by `allocate`. The memory may grow at any allocation, its addresses stay; views of it (`floats`) do not.
 */
import * as tf from '../../tf';

type Numbers = (...values: number[]) => void;

/** What assembly/index.ts exports. */
const NAMES = [
  'adam',
  'clearBorder',
  'dense',
  'filterGradient',
  'firDown',
  'firSmooth',
  'firUp',
  'head',
  'line',
  'lineSilu',
  'moments',
  'normLine',
  'packPanels',
  'pairs',
  'place',
  'product',
  'silu',
  'softmax',
  'trim',
  'winograd',
  'winogradFilterBack',
  'winogradFilterGradient',
  'winogradWeights',
] as const;

/** TensorFlow.js's wasm backend, as far as it is used here. */
export interface WasmBackend extends tf.KernelBackend {
  wasm: {
    asm: { memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  dataIdMap: { get(id: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

export class Kernels {
  readonly run: Readonly<Record<(typeof NAMES)[number], Numbers>>;
  private room = 0;
  private roomBytes = 0;

  constructor(
    readonly backend: WasmBackend,
    instance: WebAssembly.Instance,
  ) {
    this.run = instance.exports as Kernels['run'];
    for (const name of NAMES)
      if (!(name in this.run)) throw new Error(`kernels: must have ${name}, got none; build them again`);
  }

  /** Bytes from an address, or the `count` numbers there: valid until the memory grows. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.backend.wasm.asm.memory.buffer, address, count);
  }

  /** Where a tensor's numbers lie. */
  addressOf({ dataId }: Pick<tf.TensorInfo, 'dataId'>): number {
    return this.backend.dataIdMap.get(dataId).memoryOffset;
  }

  /** @throws RangeError where the memory cannot grow so far */
  allocate(bytes: number): number {
    const address = this.backend.wasm._malloc(bytes) >>> 0;
    if (address === 0)
      throw new RangeError(`wasm: no memory for ${bytes} bytes; choose a smaller model or batch`);
    return address;
  }

  free(address: number): void {
    this.backend.wasm._free(address);
  }

  /** Room for one operation's own use, valid until the next one takes it: it grows to the largest and stays. */
  workspace(bytes: number): number {
    if (bytes > this.roomBytes) {
      if (this.room) this.free(this.room);
      this.roomBytes = 0;
      this.room = this.allocate(bytes);
      this.roomBytes = bytes;
    }
    return this.room;
  }
}

let loaded: Kernels | null = null;
let wanted = true;

/** The kernels, where the backend is the one that they were started on and nobody has asked for plain TensorFlow.js. */
export function ownKernels(): Kernels | null {
  return wanted && loaded !== null && loaded.backend === tf.backend() ? loaded : null;
}

/** false: everything runs on plain TensorFlow.js until it is true again; to compare the two in one process. */
export function wantOwnKernels(own: boolean): void {
  wanted = own;
}

/**
 * Makes them known to `ownKernels`, on the current backend, which must be wasm.
 * @param bytes the compiled module
 * @throws WebAssembly.CompileError where the machine has no SIMD
 */
export async function startKernels(bytes: BufferSource): Promise<void> {
  const backend = tf.backend() as WasmBackend;
  if (loaded?.backend === backend) return;
  const { memory } = backend.wasm.asm;
  const module = await WebAssembly.compile(bytes);
  loaded = new Kernels(backend, await WebAssembly.instantiate(module, { env: { memory } }));
}

/** Forgets them: they have computed wrong. */
export function refuseKernels(): void {
  loaded = null;
}
