/** Kernels that are started again and again in the same order, on the same places: cut into parts once, and made without being told anew. */
import type { Kernels } from './kernels';
import { type Cut, partsOf } from './parts';
import { roundUp } from './rooms';
import { bytesOfStages, type StageTask, writeStages } from './stages';
import type { Kernel } from './taskLine';
import type { Threads } from './threads';

export interface Recorded {
  /** For so many threads, */
  readonly count: number;
  /** these. */
  readonly threads: Threads | null;
  /** @throws ThreadsLost */
  play(): void;
  dispose(): void;
}

/** A task and how far in its own kernel it is. */
interface Placed {
  task: StageTask;
  place: number;
}

let serial = 0;

export class Recording {
  private readonly stages: StageTask[][] = [];
  /** Of several kernels at once. */
  private open: Placed[] | null = null;
  private roomBytes = 0;

  constructor(private readonly count: number) {}

  add(kernel: number, args: readonly number[], cut: Cut | null): void {
    const calls = cut ? partsOf(cut, this.count, true) : [args];
    const { argument: room = -1, bytes = 0 } = cut?.room ?? {};
    this.roomBytes = Math.max(this.roomBytes, roundUp(bytes, 64));
    const tasks = calls.map((args): StageTask => ({ kernel, args, room }));
    if (this.open) this.open.push(...tasks.map((task, i) => ({ task, place: i / tasks.length })));
    else this.stages.push(tasks);
  }

  together(make: () => void): void {
    if (this.open) {
      make();
      return;
    }
    const open: Placed[] = [];
    this.open = open;
    try {
      make();
    } finally {
      this.open = null;
    }
    // Each thread begins where it has worked before, whichever kernel it was: its cache has that still.
    open.sort((a, b) => a.place - b.place);
    if (open.length > 0) this.stages.push(open.map(({ task }) => task));
  }

  finish(kernels: Kernels, own: readonly Kernel[], threads: Threads | null): Recorded {
    const { stages, count, roomBytes } = this;
    if (!threads || count === 1) {
      const tasks = stages.flat();
      return {
        count: 1,
        threads,
        play: () => {
          for (const { kernel, args } of tasks) own[kernel](...args);
        },
        dispose: () => {},
      };
    }
    const { memory } = kernels.backend.wasm.asm;
    const taken = kernels.allocate(bytesOfStages(stages) + roomBytes * (count - 1) + 64);
    const rooms = roundUp(taken, 64);
    const address = rooms + roomBytes * (count - 1);
    writeStages(memory, address, stages);
    const name = ++serial;
    let run = 0;
    return {
      count,
      threads,
      play: () => {
        run = (run + 1) | 0;
        threads.walk(own.length, count, [address, name, run, count, rooms, roomBytes]);
      },
      dispose: () => kernels.free(taken),
    };
  }
}
