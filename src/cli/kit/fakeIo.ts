import type { Io } from './io';

/** Collects what a command writes; for tests. */
export interface FakeIo extends Io {
  stdout: string;
  stderr: string;
}

export function fakeIo(changes: Partial<Io> = {}): FakeIo {
  const io: FakeIo = {
    stdout: '',
    stderr: '',
    out: (text) => {
      io.stdout += text;
    },
    err: (text) => {
      io.stderr += text;
    },
    rewrite: (text) => io.err(`\r\x1b[K${text}`),
    terminal: false,
    columns: () => 100,
    debug: false,
    signal: new AbortController().signal,
    guard: () => {},
    ...changes,
  };
  return io;
}
