import { Aborted } from '../errors';

/** Long work on the processor, which stops for a moment wherever it yields: at least every 50 ms or so, on the largest scans. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** Whoever runs it lets waiting messages in no later than this, ms: a cancel is heard within 300 ms where a piece takes longer than meant. */
const LONGEST = 50;

/** Without a stop. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

export interface PieceHooks {
  signal?: AbortSignal;
  /** Lets a cancel in; throws if the device has failed. */
  pause?: () => Promise<void>;
}

/**
 * @param now milliseconds, monotonic
 * @param cancelled the sentence of what is thrown after the signal
 * @throws Aborted soon after the signal; whatever the pause throws. The work's `finally` has run then
 */
export async function inPieces<T>(
  work: Pieces<T>,
  { signal, pause }: PieceHooks,
  now: () => number,
  cancelled = 'scores: cancelled',
): Promise<T> {
  try {
    for (let since = now(); ; ) {
      const { done, value } = work.next();
      if (done) return value;
      if (now() - since < LONGEST) continue;
      await pause?.();
      if (signal?.aborted) throw new Aborted(cancelled);
      since = now();
    }
  } finally {
    // Nothing where it has come to its end.
    work.return(undefined as T);
  }
}
