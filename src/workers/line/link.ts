/**
 * The page's end of the line to one worker: ids, open calls, events, cancel, and how a worker's death is noticed. Knows no
 * call by itself: the clients say which there are and what follows a loss.
 */
import type { CallTable, Response, SerialisedError } from '../translate/protocol';

/** What the page needs of a worker; tests give a stand-in. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate'> & {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

export type MakeWorker = (name: string) => WorkerLike;

export interface CallOptions<Event> {
  onEvent?: (event: Event) => void;
  /** Asks the worker to stop; the call then fails with Aborted. */
  signal?: AbortSignal;
  /** It fails with Aborted at once, and what the worker still tells of it is not heard. */
  leavesAtOnce?: boolean;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  event: (event: unknown) => void;
}

export interface LinkOptions {
  makeWorker: MakeWorker;
  /** The worker's name begins with it. */
  name: string;
  /** The error of calls that were open when the worker was lost or closed. */
  lost: (reason: string) => Error;
  /** The worker died or lost its device; its calls have been rejected. */
  onLost: (reason: string) => void;
}

export class WorkerLink<C extends CallTable<C>> {
  private worker: WorkerLike | null = null;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  /** Name of the worker whose lock is waited for. */
  private watched = '';

  constructor(private readonly options: LinkOptions) {}

  /** The worker, which is made if there is none. @throws BadRequest on a page over plain http */
  open(): WorkerLike {
    if (this.worker) return this.worker;
    refuseInsecureContext();
    const name = `${this.options.name}-${crypto.randomUUID()}`;
    const worker = this.options.makeWorker(name);
    worker.onmessage = ({ data }: MessageEvent<Response>) => {
      if (worker === this.worker) this.receive(data, name);
    };
    worker.onerror = (event) => {
      // Without a message where the script itself could not be loaded.
      if (worker === this.worker)
        this.lose(`the worker failed: ${event.message || 'it could not be loaded'}`);
    };
    this.worker = worker;
    return worker;
  }

  isCurrent(worker: WorkerLike | null): boolean {
    return worker === this.worker;
  }

  /** Rejects with the worker's error by name, with Aborted where the signal came first, with `lost` where the worker is gone. */
  call<K extends keyof C & string>(
    worker: WorkerLike,
    call: K,
    params: C[K]['params'],
    { onEvent, signal, leavesAtOnce }: CallOptions<C[K]['event']> = {},
  ): Promise<C[K]['result']> {
    if (signal?.aborted) return Promise.reject(cancelled(call));
    // It may have been lost while a file was read for it.
    if (worker !== this.worker) return Promise.reject(this.options.lost('the worker was replaced'));
    const id = this.nextId++;
    const cancel = () => {
      worker.postMessage({ id, call: 'cancel' });
      if (!leavesAtOnce) return;
      this.pending.get(id)?.reject(cancelled(call));
      this.pending.delete(id);
    };
    signal?.addEventListener('abort', cancel);
    return new Promise<C[K]['result']>((resolve, reject) => {
      this.pending.set(id, {
        resolve: (result) => resolve(result as C[K]['result']),
        reject,
        event: (event) => onEvent?.(event as C[K]['event']),
      });
      worker.postMessage({ id, call, params });
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Ends the worker for good: every open call is rejected as lost. */
  close(reason: string): void {
    this.worker?.terminate();
    this.worker = null;
    this.watched = '';
    const open = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of open) reject(this.options.lost(reason));
  }

  private lose(reason: string): void {
    this.close(reason);
    this.options.onLost(reason);
  }

  private receive(message: Response, workerName: string): void {
    if (message.kind === 'lost') {
      this.lose(message.error.message);
      return;
    }
    this.watch(workerName);
    const call = this.pending.get(message.id);
    if (!call) return;
    if (message.kind === 'event') {
      call.event(message.event);
      return;
    }
    this.pending.delete(message.id);
    if (message.kind === 'failed') call.reject(namedError(message.error));
    else call.resolve(message.result);
  }

  /** The worker holds a lock of its own name while it lives; being given it means that the worker has died silently. */
  private watch(workerName: string): void {
    if (this.watched === workerName) return;
    this.watched = workerName;
    const died = () => {
      if (this.watched === workerName && this.worker) this.lose('the worker stopped without a word');
    };
    // Where locks are refused a silent death goes unseen, and that is all.
    globalThis.navigator?.locks?.request(workerName, died).catch(() => undefined);
  }
}

/** Over plain http the browser gives a page neither WebGPU nor checksums nor storage; Node leaves `isSecureContext` undefined. */
function refuseInsecureContext(): void {
  if (globalThis.isSecureContext === false)
    throw namedError({
      name: 'BadRequest',
      message: `This page must be opened from https or from localhost, got ${location.origin}; over plain http the browser withholds what the engine needs.`,
    });
}

export function cancelled(call: string): Error {
  return namedError({ name: 'Aborted', message: `${call}: cancelled` });
}

/** The worker's error as the page's: `name` is one of src/errors.ts. */
export function namedError({ name, message, stack }: SerialisedError): Error {
  const error = new Error(message);
  error.name = name;
  if (stack) error.stack = stack;
  return error;
}
