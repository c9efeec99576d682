import { plainText, shortSentence } from '../../plainText';

/** Where a command writes and how it is stopped; passed in, so that tests run commands without a process. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Progress, warnings and errors, a line each. */
  err(text: string): void;
  /** The same in the place of a terminal's last line, without an end. */
  rewrite(text: string): void;
  /** stderr is a terminal: a progress line may be rewritten in place. */
  readonly terminal: boolean;
  /** Letters on a line of the terminal; 100 where it is none. */
  columns(): number;
  /** Show stack traces. */
  readonly debug: boolean;
  /** Ctrl-C, once `guard` was called. */
  readonly signal: AbortSignal;
  /**
   * There is something to finish from now on, such as files to write: Ctrl-C sets the signal. Before, while files are read, the system
   * ends the program at once, whatever it computes.
   */
  guard(): void;
}

/** What hears sentences and shows them, a line each. */
export const saying =
  (io: Pick<Io, 'err'>) =>
  (sentence: string): void =>
    io.err(`${sentence}\n`);

/** The same, but nothing that a file or its name holds steers the terminal, begins a line of its own or fills the screen. */
export function plainIo(io: Io): Io {
  return {
    ...io,
    out: (text) => io.out(plainText(text)),
    err: (text) =>
      io.err(text.endsWith('\n') ? `${shortSentence(text.slice(0, -1))}\n` : shortSentence(text)),
    rewrite: (text) => io.rewrite(shortSentence(text)),
  };
}
