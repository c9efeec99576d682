/** A gzip file inflated by another thread, up to 64 MB ahead of who reads it. */
import type { Inflated } from './inflate.worker';

/** Inflated pieces in order. The thread begins with the first that is asked for and ends with the iteration. @throws Error as the platform's stream, or where there is no thread */
export async function* inflateAhead(file: Blob): AsyncGenerator<Uint8Array> {
  const worker = new Worker(new URL('./inflate.worker.ts', import.meta.url), { type: 'module' });
  const told: Inflated[] = [];
  let wake = () => {};
  const hear = (what: Inflated) => {
    told.push(what);
    wake();
  };
  worker.onmessage = ({ data }: MessageEvent<Inflated>) => hear(data);
  worker.onerror = ({ message }) => hear({ failed: message || 'the script of a thread could not be loaded' });
  worker.postMessage(file);
  try {
    for (;;) {
      const next = told.shift();
      if (next === undefined)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      else if (next === 'end') return;
      else if ('failed' in next) throw new Error(next.failed);
      else {
        worker.postMessage('more');
        yield* next.pieces;
      }
    }
  } finally {
    worker.terminate();
  }
}
