/**
 * The kernels of assembly/, on the memory of TensorFlow.js's wasm backend: an address that they are given is a tensor's place there, or
 * room taken by `allocate`. The memory may grow at any allocation, its addresses stay; views of it (`floats`) do not.
 */
import * as tf from '../../tf';
import { CUTS, type Cut, partsOf } from './parts';
import { type Recorded, Recording } from './recording';
import { roundUp } from './rooms';
import { stageWalker } from './stages';
import type { Kernel } from './taskLine';
import { type StartThread, Threads, ThreadsLost } from './threads';

/** What assembly/index.ts exports. */
const NAMES = [
  'adamAll',
  'addRuns',
  'addChannels',
  'channelSums',
  'clearBorder',
  'dense',
  'denseBack',
  'denseFilterBack',
  'denseRows',
  'filterGradient',
  'firDown',
  'firLine',
  'firSmooth',
  'firSpread',
  'firUp',
  'groupNorm',
  'groupNormBack',
  'head',
  'leakyBack',
  'line',
  'lineSilu',
  'multiplyAdds',
  'normLine',
  'packPanels',
  'pairs',
  'place',
  'product',
  'runSums',
  'reflectFold',
  'reflectPad',
  'scaled',
  'silu',
  'siluBack',
  'siluTo',
  'softmax',
  'trim',
  'weightedSum',
  'weightedSums',
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

type Name = (typeof NAMES)[number];

export class Kernels {
  /** Each as assembly/ says, without what only a part of its work needs to be told (parts.ts); on all threads where it is worth it. */
  readonly run: Readonly<Record<Name, Kernel>>;
  private threads: Threads | null = null;
  private recording: Recording | null = null;
  private readonly own: readonly Kernel[];
  private readonly workRoom = new Room(this);
  private readonly threadsRoom = new Room(this);

  constructor(
    readonly backend: WasmBackend,
    private readonly module: WebAssembly.Module,
    instance: WebAssembly.Instance,
  ) {
    const kernels = instance.exports as Readonly<Record<string, Kernel>>;
    for (const name of NAMES)
      if (!(name in kernels)) throw new Error(`kernels: must have ${name}, got none; build them again`);
    this.own = NAMES.map((name) => kernels[name]);
    this.run = Object.fromEntries(NAMES.map((name, i) => [name, this.starter(name, i)])) as typeof this.run;
  }

  /** A kernel, in parts that several threads make where there are some; or recorded. */
  private starter(name: string, index: number): Kernel {
    const cutOf: ((args: readonly number[]) => Cut) | undefined = CUTS[name];
    const own = this.own[index];
    return (...args) => {
      if (this.recording) {
        this.recording.add(index, args, cutOf?.(args) ?? null);
        return;
      }
      const { threads } = this;
      const count = this.threadCount;
      if (!cutOf) {
        own(...args);
        return;
      }
      const cut = cutOf(args);
      const calls = partsOf(cut, count);
      if (!threads || calls.length === 1) {
        for (const call of calls) own(...call);
        return;
      }
      const bytes = roundUp(cut.room?.bytes ?? 0, 64);
      const room = cut.room && {
        argument: cut.room.argument,
        address: this.threadsRoom.of(bytes * (count - 1)),
        bytes,
      };
      threads.run(index, calls, room ?? null);
    };
  }

  /**
   * The kernels that `make` starts, to be made again and again by as many threads as there are now, with less between one and the next.
   * Nothing is computed yet; what `make` does besides is not repeated.
   */
  record(make: () => void): Recorded {
    const { threads } = this;
    const recording = new Recording(this.threadCount);
    this.recording = recording;
    try {
      make();
    } finally {
      this.recording = null;
    }
    return recording.finish(this, this.own, threads);
  }

  /** Kernels that need nothing of each other: where they are recorded, threads need not wait for one before the next. */
  together(make: () => void): void {
    if (this.recording) this.recording.together(make);
    else make();
  }

  /**
   * So many threads compute from now on; the memory must be shared for more than one.
   * @throws Error saying why there are not as many: there is one then
   */
  async useThreads(count: number, startThread: StartThread): Promise<void> {
    if (count === 1 || (this.threads !== null && count <= this.threads.most)) {
      this.threads?.use(count);
      return;
    }
    this.endThreads();
    const { memory } = this.backend.wasm.asm;
    const { module } = this;
    const kernels = [...this.own, stageWalker(memory, this.own, 0)];
    this.threads = await Threads.start(kernels, { module, memory, names: NAMES }, count, { startThread });
  }

  endThreads(): void {
    this.threads?.end('they were ended');
    this.threads = null;
  }

  /** How many compute. */
  get threadCount(): number {
    return this.threads?.count ?? 1;
  }

  /** Whether what was recorded was so for the threads that there are. */
  fits({ count, threads }: Recorded): boolean {
    return count === this.threadCount && (count === 1 || threads === this.threads);
  }

  /** Why threads that were there are not any more. */
  get threadsLost(): string | null {
    return this.threads?.lost ?? null;
  }

  /** For a while fewer threads than there are, or as many as there are. */
  limitThreads(count: number): void {
    this.threads?.use(count);
  }

  /** What can be made once more from the beginning is made by one thread where another has failed. */
  whole<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ThreadsLost)) throw error;
      return make();
    }
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

  /** Room for one operation's own use, valid until the next one takes it. */
  workspace(bytes: number): number {
    return this.workRoom.of(bytes);
  }
}

/** Memory that grows to the largest that was asked for and stays. */
class Room {
  private address = 0;
  private bytes = 0;

  constructor(private readonly kernels: Kernels) {}

  of(bytes: number): number {
    if (bytes > this.bytes) {
      if (this.address) this.kernels.free(this.address);
      this.bytes = 0;
      this.address = this.kernels.allocate(bytes);
      this.bytes = bytes;
    }
    return this.address;
  }
}

let loaded: Kernels | null = null;
let wanted = true;

/** The kernels, where the backend is the one that they were started on and nobody has asked for plain TensorFlow.js. */
export function ownKernels(): Kernels | null {
  return wanted && loaded !== null && loaded.backend === tf.backend() ? loaded : null;
}

/** Whether the current backend, which must be wasm, has memory that threads can share. */
export function isMemoryShared(): boolean {
  const { buffer } = (tf.backend() as WasmBackend).wasm.asm.memory;
  return typeof SharedArrayBuffer !== 'undefined' && (buffer as unknown) instanceof SharedArrayBuffer;
}

/** false: everything runs on plain TensorFlow.js until it is true again; to compare the two in one process. WebGPU's obey, too. */
export function wantOwnKernels(own: boolean): void {
  wanted = own;
}

export const areOwnKernelsWanted = (): boolean => wanted;

/**
 * Makes them known to `ownKernels`, on the current backend, which must be wasm.
 * @param bytes the compiled module, for a memory as the backend's: shared or not
 * @throws WebAssembly.CompileError where the machine has no SIMD
 */
export async function startKernels(bytes: BufferSource): Promise<void> {
  const backend = tf.backend() as WasmBackend;
  if (loaded?.backend === backend) return;
  const { memory } = backend.wasm.asm;
  const module = await WebAssembly.compile(bytes);
  loaded = new Kernels(backend, module, await WebAssembly.instantiate(module, { env: { memory } }));
}

/** Forgets them: they have computed wrong. */
export function refuseKernels(): void {
  loaded?.endThreads();
  loaded = null;
}
