/**
 * Kernels' calls that follow each other, kept in the kernels' memory: stages one after the other, the tasks of a stage in any order, by
 * whoever is free. Every thread walks through them by itself; none has to be told of the next kernel.
 */
import type { Kernel } from './taskLine';

export interface StageTask {
  /** Its index among the kernels. */
  kernel: number;
  args: readonly number[];
  /** The argument that is a room of the kernel's own; -1: none. */
  room: number;
}

/** Numbers of a task: kernel, count of arguments, room's argument, then the arguments. */
const NUMBERS = 24;
/** Bytes of the counts that threads share, and of what does not lie in one line of a cache with something else. */
const [HEAD, LINE] = [192, 64];

const roundUp = (bytes: number) => Math.ceil(bytes / LINE) * LINE;

/** Bytes that stages take, at an address that `LINE` divides. */
export function bytesOfStages(stages: readonly (readonly StageTask[])[]): number {
  const tasks = stages.reduce((sum, { length }) => sum + length, 0);
  return HEAD + roundUp(4 * stages.length) + roundUp(4 * tasks) + 8 * NUMBERS * tasks;
}

/** Puts them into memory, as `stageWalker` reads them. */
export function writeStages(
  memory: WebAssembly.Memory,
  address: number,
  stages: readonly (readonly StageTask[])[],
): void {
  const tasks = stages.flat();
  const { buffer } = memory;
  new Uint8Array(buffer, address, bytesOfStages(stages)).fill(0);
  new Int32Array(buffer, address, HEAD / 4).set([stages.length, tasks.length], 32);
  let end = 0;
  new Int32Array(buffer, address + HEAD, stages.length).set(stages.map(({ length }) => (end += length)));
  const at = address + HEAD + roundUp(4 * stages.length) + roundUp(4 * tasks.length);
  const numbers = new Float64Array(buffer, at, NUMBERS * tasks.length);
  for (const [i, { kernel, args, room }] of tasks.entries())
    numbers.set([kernel, args.length, room, ...args], NUMBERS * i);
}

/**
 * What each thread walks by; whole in itself, as taskLine.ts says. Called with the address of stages and a number that is another for others
 * at the same place, how often they have been walked with this time, how many threads walk, where the rooms of the threads but the first
 * lie, how large they are, and the milliseconds without progress after which it throws.
 * @param me 0 for the first thread
 */
export function stageWalker(memory: WebAssembly.Memory, kernels: readonly Kernel[], me: number): Kernel {
  const [DONE, FAILED, STAGES, TASKS, HEAD, LINE, NUMBERS] = [0, 16, 32, 33, 192, 64, 24];
  // About 100 microseconds: what one thread has to make alone is shorter.
  const SPINS = 20_000;
  const MOST_KNOWN = 4;
  const roundUp = (bytes: number) => Math.ceil(bytes / LINE) * LINE;

  interface Known {
    serial: number;
    control: Int32Array;
    /** Of each task how often it has been taken. */
    marks: Int32Array;
    ends: number[];
    kernels: Kernel[];
    args: number[][];
  }
  const known = new Map<number, Known>();

  function read(address: number, serial: number, rooms: number, roomBytes: number): Known {
    const { buffer } = memory;
    const control = new Int32Array(buffer, address, HEAD / 4);
    const [stages, count] = [control[STAGES], control[TASKS]];
    const marksAt = address + HEAD + roundUp(4 * stages);
    const numbers = new Float64Array(buffer, marksAt + roundUp(4 * count), NUMBERS * count);
    const found: Known = {
      serial,
      control,
      marks: new Int32Array(buffer, marksAt, count),
      ends: Array.from(new Int32Array(buffer, address + HEAD, stages)),
      kernels: [],
      args: [],
    };
    for (let i = 0; i < count; i++) {
      const [kernel, length, room] = numbers.subarray(i * NUMBERS);
      const args = Array.from(numbers.subarray(i * NUMBERS + 3, i * NUMBERS + 3 + length));
      if (room >= 0 && me > 0) args[room] = rooms + (me - 1) * roomBytes;
      found.kernels.push(kernels[kernel]);
      found.args.push(args);
    }
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(address, found);
    return found;
  }

  return (address, serial, run, threads, rooms, roomBytes, mostMs) => {
    let stages = known.get(address);
    if (stages?.serial !== serial) stages = read(address, serial, rooms, roomBytes);
    const { control, marks, ends, kernels, args } = stages;
    const before = run - 1;
    const doneBefore = Math.imul(before, args.length);
    let begin = 0;
    for (const end of ends) {
      const done = (doneBefore + end) | 0;
      const count = end - begin;
      // As in taskLine.ts: from its own place on, then from the ends of the others'.
      const first = Math.floor((me * count) / threads);
      const own = Math.floor(((me + 1) * count) / threads) - first;
      if (((Atomics.load(control, DONE) - done) | 0) < 0)
        for (let k = 0; k < count; k++) {
          const i = begin + (k < own ? first + k : (first - 1 - (k - own) + count) % count);
          if (Atomics.load(marks, i) !== before) continue;
          if (Atomics.compareExchange(marks, i, before, run) !== before) continue;
          try {
            kernels[i](...args[i]);
          } catch (error) {
            Atomics.store(control, FAILED, 1);
            Atomics.notify(control, DONE);
            throw error;
          }
          if (((Atomics.add(control, DONE, 1) + 1) | 0) === done) Atomics.notify(control, DONE);
        }
      begin = end;
      for (let i = 0; i < SPINS; i++) if (((Atomics.load(control, DONE) - done) | 0) >= 0) break;
      // In short waits: while a machine sleeps, only one of them passes.
      for (let waits = 0; ; ) {
        const now = Atomics.load(control, DONE);
        if (((now - done) | 0) >= 0) break;
        if (waits * 100 >= mostMs || Atomics.load(control, FAILED)) throw new Error('a thread has failed');
        waits = Atomics.wait(control, DONE, now, 100) === 'timed-out' ? waits + 1 : 0;
      }
    }
  };
}
