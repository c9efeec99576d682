/** Results on stdout: all of a text has been taken when it returns, or it throws. */
import { writeSync } from 'node:fs';
import { whyOf } from '../../platform/node/fileErrors';

/** Nobody reads on, as after `| head`: no failure, and nothing to say. */
export class ReaderGone extends Error {
  override name = 'ReaderGone';
}

type Write = (bytes: Uint8Array, from: number) => number;

const toStdout: Write = (bytes, from) => writeSync(1, bytes, from);

/**
 * Not by `process.stdout`: it takes a part that a nearly full disk still took for the whole.
 * A stdout that was closed before the start (`>&-`) Node replaces by /dev/null, which nothing tells from one that is meant: also
 * the flags of the open file are those with which other programs open theirs.
 * @throws ReaderGone; Error in one sentence where the text cannot be written
 */
export function writeAll(text: string, write: Write = toStdout): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += write(bytes, at);
    } catch (error) {
      const cause = error as NodeJS.ErrnoException;
      const { code } = cause;
      if (code === 'EPIPE') throw new ReaderGone('stdout: nobody reads on');
      // A pipe that another program has made one that does not wait.
      if (code === 'EAGAIN') wait(10);
      else throw new Error(`stdout: must take the whole result, got ${whyOf(cause)}; write elsewhere`);
    }
  }
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
