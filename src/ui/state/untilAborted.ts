/** Null once the signal has come; what is still under way then is of no interest any more. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let stop = () => {};
  const aborted = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    const found = await Promise.race([promise, aborted]);
    return signal.aborted ? null : found;
  } finally {
    signal.removeEventListener('abort', stop);
    // It may fail later, when nobody looks.
    promise.catch(() => undefined);
  }
}
