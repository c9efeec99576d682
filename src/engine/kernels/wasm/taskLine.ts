/**
 * Tasks for several threads in memory that all of them see: calls of kernels with their arguments. Whoever is free takes the next one, the
 * thread that has posted them too, so that they are done however few others come.
 *
 * Both functions are whole in themselves, nothing of the module is used in them: Node starts its threads from their text.
 */
import type { stageWalker } from './stages';

export type Kernel = (...values: number[]) => void;

/** Of a kernel's argument that is a room for its own use: the one given is the poster's, the others have theirs one after the other. */
export interface OwnRoom {
  argument: number;
  address: number;
  bytes: number;
}

/** Bytes that a line takes. */
export const LINE_BYTES = 512 + 64 * 24 * 8;

/** At most so many tasks are posted at once, among so many threads. */
export const MOST_TASKS = 64;
export const MOST_THREADS = 32;

/**
 * @param shared LINE_BYTES of zeros, the same in all threads
 * @param kernels in the same order in all threads
 * @param me 0 for the thread that posts
 */
export function taskLine(shared: SharedArrayBuffer, kernels: readonly Kernel[], me: number) {
  // Counts of tasks posted and done since the beginning; how many have been posted last; how many threads take part; who is awake.
  const [POSTED, DONE, COUNT, FAILED, THREADS, AWAKE] = [0, 1, 2, 3, 4, 8];
  const [TASKS, NUMBERS] = [64, 24];
  // About 10 and 25 microseconds: most kernels follow each other sooner, and waking a thread takes about as long.
  const [SPINS_OF_POSTER, SPINS] = [2000, 5000];
  const PARKED_AFTER_MS = 300;
  const control = new Int32Array(shared, 0, 64);
  /** Of each task, as long as nobody has taken it, the count of those posted with it. */
  const free = new Int32Array(shared, 256, TASKS);
  const tasks = new Float64Array(shared, 512);

  /**
   * Each thread begins at its own place in the line, the same one every time: what the last kernel has written there lies in its own cache
   * still. Then it takes from the ends of what the others have not come to yet.
   * @returns false where none is left
   */
  function takeOne(): boolean {
    const posted = Atomics.load(control, POSTED);
    const count = Atomics.load(control, COUNT);
    const threads = Atomics.load(control, THREADS);
    const [first, end] = [0, 1].map((next) => Math.floor(((me + next) * count) / threads));
    for (let k = 0; k < count; k++) {
      const i = first + k < end ? first + k : (first - 1 - (k - (end - first)) + count) % count;
      if (Atomics.load(free, i) !== posted) continue;
      if (Atomics.compareExchange(free, i, posted, ~posted) !== posted) continue;
      const at = i * NUMBERS;
      const args: number[] = [];
      for (let n = at + 5; n < at + 5 + tasks[at + 1]; n++) args.push(tasks[n]);
      if (me > 0 && tasks[at + 2] >= 0) args[tasks[at + 2]] = tasks[at + 3] + (me - 1) * tasks[at + 4];
      try {
        kernels[tasks[at]](...args);
      } catch {
        Atomics.store(control, FAILED, 1);
      }
      const done = (Atomics.add(control, DONE, 1) + 1) | 0;
      if (done === Atomics.load(control, POSTED)) Atomics.notify(control, DONE);
      return true;
    }
    return false;
  }

  return {
    takeOne,

    /** How many threads take part from now on, the poster among them. */
    use(count: number): void {
      Atomics.store(control, THREADS, count);
    },

    /**
     * Posts calls of one kernel, none of which is left from before.
     * @returns the threads that have to be called
     */
    post(kernel: number, calls: readonly number[][], room: OwnRoom | null): number[] {
      const posted = (Atomics.load(control, POSTED) + calls.length) | 0;
      calls.forEach((args, i) => {
        const at = i * NUMBERS;
        tasks[at] = kernel;
        tasks[at + 1] = args.length;
        tasks[at + 2] = room?.argument ?? -1;
        tasks[at + 3] = room?.address ?? 0;
        tasks[at + 4] = room?.bytes ?? 0;
        for (let n = 0; n < args.length; n++) tasks[at + 5 + n] = args[n];
        Atomics.store(free, i, posted);
      });
      Atomics.store(control, COUNT, calls.length);
      Atomics.store(control, POSTED, posted);
      Atomics.notify(control, POSTED);
      const called: number[] = [];
      for (let i = 1; i < Atomics.load(control, THREADS); i++)
        if (Atomics.compareExchange(control, AWAKE + i, 0, 1) === 0) called.push(i);
      return called;
    },

    /**
     * Waits until all that was posted is done.
     * @param mostMs without any progress
     * @returns whether it was, and well
     */
    finish(mostMs: number): boolean {
      const posted = Atomics.load(control, POSTED);
      for (let i = 0; i < SPINS_OF_POSTER; i++) if (Atomics.load(control, DONE) === posted) break;
      // In short waits: while a machine sleeps, only one of them passes.
      for (let waits = 0; waits * 100 < mostMs; ) {
        const done = Atomics.load(control, DONE);
        if (done === posted) return Atomics.exchange(control, FAILED, 0) === 0;
        waits = Atomics.wait(control, DONE, done, 100) === 'timed-out' ? waits + 1 : 0;
      }
      return false;
    },

    /** What other threads do when they are called: they take tasks as they come, and return when none has come for a while. */
    serve(): void {
      const takesPart = () => me < Atomics.load(control, THREADS);
      for (;;) {
        const posted = Atomics.load(control, POSTED);
        while (takesPart() && takeOne());
        let isNew = false;
        for (let i = 0; i < SPINS && !isNew; i++) isNew = Atomics.load(control, POSTED) !== posted;
        if (isNew && takesPart()) continue;
        if (takesPart() && Atomics.wait(control, POSTED, posted, PARKED_AFTER_MS) !== 'timed-out') continue;
        Atomics.store(control, AWAKE + me, 0);
        // What was posted before the poster could see that it has to call.
        if (!takesPart() || Atomics.load(control, POSTED) === posted) return;
        Atomics.store(control, AWAKE + me, 1);
      }
    },

    /** Until a thread can be called it counts as awake. */
    setAwake(thread: number, awake: boolean): void {
      Atomics.store(control, AWAKE + thread, awake ? 1 : 0);
    },
  };
}

/** The first message to a thread; all others call it. */
export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  shared: SharedArrayBuffer;
  /** Of the kernels. */
  names: readonly string[];
  me: number;
}

/** What a thread answers when it can be called; anything else is why it cannot. */
export const READY = 'ready';

/** What a thread runs, given `taskLine` and `stageWalker` (stages.ts), which is the last of its kernels. */
export function serveThread(
  line: typeof taskLine,
  walker: typeof stageWalker,
  listen: (hear: (message: unknown) => void) => void,
  tell: (message: string) => void,
): void {
  let serve: (() => void) | null = null;
  listen((message) => {
    if (serve) {
      serve();
      return;
    }
    const { module, memory, shared, names, me } = message as ThreadStart;
    WebAssembly.instantiate(module, { env: { memory } }).then(
      ({ exports }) => {
        const kernels = names.map((name) => exports[name] as Kernel);
        const own = line(shared, [...kernels, walker(memory, kernels, me)], me);
        serve = own.serve;
        own.setAwake(me, false);
        tell('ready');
      },
      (error) => tell(String(error)),
    );
  });
}
