import type { Io } from './io';

/** At most one line in this many milliseconds where stderr is a file or a pipe. */
const SPARSE_MS = 10_000;

export interface Progress {
  /** Shows `text` in place of the last one. */
  show(text: string): void;
  /** Ends the line; what comes next starts on a line of its own. */
  end(): void;
}

const shortLine = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text;

/** One line rewritten in place on a terminal; elsewhere a line now and then. */
export function startProgress(io: Io, now: () => number = Date.now): Progress {
  if (io.terminal) {
    let shown = false;
    return {
      show: (text) => {
        // A line that goes on below would not be rewritten.
        io.rewrite(shortLine(text, io.columns() - 1));
        shown = true;
      },
      end: () => {
        if (shown) io.err('\n');
        shown = false;
      },
    };
  }
  let last = Number.NEGATIVE_INFINITY;
  return {
    show: (text) => {
      if (now() - last < SPARSE_MS) return;
      io.err(`${text}\n`);
      last = now();
    },
    end: () => {},
  };
}
