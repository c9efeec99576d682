/** What the time from a dropped scan to a model's first slice went on; what the user took in between is not in it. */

/** Milliseconds, as they were measured. */
export interface FirstSlice {
  /** From the files to a scan that can be shown. */
  read: number;
  /** Until the weights were in memory and checked, and where they came from. */
  weights: number;
  weightsFrom: 'network' | 'store' | 'file';
  /** Until they were on the backend. */
  placed: number;
  /** The first reverse step, in which the backend makes its kernels; the whole slice, and how many steps it has. */
  firstStep: number;
  slice: number;
  steps: number;
}

/** Milliseconds that add up to `total`. */
export interface ColdStart extends Pick<FirstSlice, 'read' | 'weights' | 'weightsFrom' | 'placed'> {
  /** What the first step took longer than the others; null where there is no other. */
  compile: number | null;
  /** The slice without that. */
  run: number;
  total: number;
}

export function coldStartOf({ firstStep, slice, steps, ...before }: FirstSlice): ColdStart {
  const step = steps > 1 ? (slice - firstStep) / (steps - 1) : null;
  const compile = step === null ? null : Math.max(0, firstStep - step);
  const total = before.read + before.weights + before.placed + slice;
  return { ...before, compile, run: slice - (compile ?? 0), total };
}
