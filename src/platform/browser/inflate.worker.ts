/** Inflates the gzip file that it is sent; what it makes goes on as it is, a megabyte at a time, and no more of it than was taken and some. */
import { inflate } from '../../volume/gzip';

declare const self: DedicatedWorkerGlobalScope;

export type Inflated = { pieces: readonly Uint8Array[] } | { failed: string } | 'end';

/** Bytes that are sent at once: each message wakes who reads them. */
const MESSAGE = 2 ** 20;
/** Messages. The first voxels of a scan that is stored from side to side take long, for they lie all over its memory. */
const AHEAD = 64;

let room = AHEAD;
let goOn = () => {};

async function send(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  const transfer = pieces.map(({ buffer }) => buffer);
  self.postMessage({ pieces } satisfies Inflated, transfer);
  room--;
  if (room === 0)
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
}

async function sendInflated(file: Blob): Promise<void> {
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const piece of inflate(file)) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < MESSAGE) continue;
    await send(pieces);
    [pieces, bytes] = [[], 0];
  }
  if (bytes > 0) await send(pieces);
}

self.onmessage = ({ data }: MessageEvent<Blob | 'more'>) => {
  if (data === 'more') {
    room++;
    goOn();
  } else
    sendInflated(data).then(
      () => self.postMessage('end' satisfies Inflated),
      (error) => self.postMessage({ failed: String(error) } satisfies Inflated),
    );
};
