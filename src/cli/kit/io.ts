/** Where a command writes and how it is stopped; passed in, so that tests run commands without a process. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** stderr is a terminal: a progress line may be rewritten in place. */
  readonly terminal: boolean;
  /** Show stack traces. */
  readonly debug: boolean;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What hears sentences and shows them, a line each. */
export const saying =
  (io: Pick<Io, 'err'>) =>
  (sentence: string): void =>
    io.err(`${sentence}\n`);
