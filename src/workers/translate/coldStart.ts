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
  /** From the call to the end of the first reverse step, in which the backend makes its kernels, and to the whole slice; how many steps it has. */
  firstStep: number;
  slice: number;
  steps: number;
  /** Of these: how the scan lies under the model, and the slice cut out, resampled and scaled; before any step. */
  prepare: number;
  /** The result scaled and resampled to the scan's own grid; after all steps. */
  place: number;
}

/** Milliseconds that add up to `total`. */
export interface ColdStart extends Omit<FirstSlice, 'firstStep' | 'slice' | 'steps'> {
  /** What the first step took longer than the others; null where there is no other. */
  compile: number | null;
  /** The slice without that, and without what comes before and after its steps. */
  run: number;
  total: number;
}

export function coldStartOf({ firstStep, slice, steps, ...before }: FirstSlice): ColdStart {
  const { prepare, place } = before;
  const step = steps > 1 ? (slice - place - firstStep) / (steps - 1) : null;
  const compile = step === null ? null : Math.max(0, firstStep - prepare - step);
  const total = before.read + before.weights + before.placed + slice;
  return { ...before, compile, run: slice - prepare - place - (compile ?? 0), total };
}
