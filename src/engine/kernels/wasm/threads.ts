/** Threads that share the kernels' memory: workers of the page or of Node, as the platform starts them. */
import { type Kernel, LINE_BYTES, type OwnRoom, READY, type ThreadStart, taskLine } from './taskLine';

/** A thread of the platform, which runs `serveThread` (taskLine.ts). */
export interface Thread {
  send(message: ThreadStart | null): void;
  /** Tells its messages; why it has failed, if it has. */
  listen(hear: (message: string) => void, fail: (reason: string) => void): void;
  stop(): void;
}

export type StartThread = () => Thread;

/** A thread that is not there by then is none. */
const START_MS = 10_000;
/** No kernel's part takes nearly as long, however busy the machine is. */
const SILENCE_MS = 10_000;

/** A thread has not done what it took: the result of the operation is not whole. From then on there is one thread. */
export class ThreadsLost extends Error {}

export class Threads {
  private readonly line: ReturnType<typeof taskLine>;
  private wanted: number;
  private why: string | null = null;

  private constructor(
    kernels: readonly Kernel[],
    shared: SharedArrayBuffer,
    private readonly others: readonly Thread[],
    private readonly silenceMs: number,
  ) {
    this.line = taskLine(shared, kernels, 0);
    this.wanted = others.length + 1;
    this.line.use(this.wanted);
  }

  /**
   * @param kernels of this thread, on the memory, in the order of names
   * @param count this thread included
   * @returns once all are there
   * @throws Error saying why they are not
   */
  static async start(
    kernels: readonly Kernel[],
    given: Pick<ThreadStart, 'module' | 'memory' | 'names'>,
    count: number,
    { startThread, silenceMs = SILENCE_MS }: { startThread: StartThread; silenceMs?: number },
  ): Promise<Threads> {
    const shared = new SharedArrayBuffer(LINE_BYTES);
    const line = taskLine(shared, kernels, 0);
    const others: Thread[] = [];
    let threads: Threads | null = null;
    const ready = (thread: Thread, me: number) =>
      new Promise<void>((resolve, reject) => {
        const fail = (reason: string) => {
          reject(new Error(reason));
          threads?.end(reason);
        };
        thread.listen((message) => (message === READY ? resolve() : fail(message)), fail);
        line.setAwake(me, true);
        thread.send({ ...given, shared, me });
      });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('a thread did not start in time')), START_MS);
    });
    try {
      while (others.length < count - 1) others.push(startThread());
      await Promise.race([Promise.all(others.map((thread, i) => ready(thread, i + 1))), late]);
    } catch (error) {
      for (const thread of others) thread.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    threads = new Threads(kernels, shared, others, silenceMs);
    return threads;
  }

  /** How many compute, this one included. */
  get count(): number {
    return this.why === null ? this.wanted : 1;
  }

  /** How many could. */
  get most(): number {
    return this.why === null ? this.others.length + 1 : 1;
  }

  /** Why there is one only, if there were more. */
  get lost(): string | null {
    return this.why;
  }

  /** So many of those that are there. */
  use(count: number): void {
    this.wanted = Math.max(1, Math.min(count, this.others.length + 1));
    this.line.use(this.wanted);
  }

  /**
   * Calls of one kernel, in any order and at the same time; returns when all are done.
   * @throws ThreadsLost
   */
  run(kernel: number, calls: readonly number[][], room: OwnRoom | null): void {
    for (const thread of this.line.post(kernel, calls, room)) this.others[thread - 1].send(null);
    while (this.line.takeOne());
    if (this.line.finish(this.silenceMs)) return;
    this.end('a thread has failed');
    throw new ThreadsLost('wasm: a thread has failed; what it computed is not whole');
  }

  /**
   * Stages (stages.ts), by all threads.
   * @param walker its index among the kernels
   * @throws ThreadsLost
   */
  walk(walker: number, count: number, args: readonly number[]): void {
    this.run(walker, Array<number[]>(count).fill([...args, this.silenceMs]), null);
  }

  /** Ends the others: this thread goes on alone. */
  end(reason: string): void {
    if (this.why !== null) return;
    this.why = reason;
    for (const thread of this.others) thread.stop();
  }
}
