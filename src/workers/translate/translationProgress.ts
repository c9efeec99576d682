/** Counts reverse steps and estimates the time left. The first step builds kernels, so it is left out of the rate. */
import { SliceTimes } from '../../engine/sliceTimes';
import type { TranslateProgress } from './protocol';

export class TranslationProgress {
  private readonly begin: number;
  private firstStepEnd: number | null = null;
  /** As many ended with the first. */
  private firstSteps = 0;
  private stepsDone = 0;
  private slicesDone = 0;
  private readonly times: SliceTimes;

  constructor(
    private readonly slices: number,
    private readonly stepsPerSlice: number,
    /** Milliseconds, monotonic. */
    private readonly now: () => number,
  ) {
    this.begin = now();
    this.times = new SliceTimes(now);
  }

  /** @param slices that made it together */
  step(slices: number): void {
    this.stepsDone += slices;
    this.firstSteps ||= slices;
    this.times.step(slices);
    this.firstStepEnd ??= this.now();
  }

  /** Ends a slice; returns its milliseconds, of those that were made together its share. */
  slice(): number {
    this.slicesDone++;
    return this.times.slice();
  }

  report(): TranslateProgress {
    const stepsTotal = this.slices * this.stepsPerSlice;
    const rate = this.msPerStep();
    return {
      done: this.slicesDone,
      total: this.slices,
      stepsDone: this.stepsDone,
      stepsTotal,
      elapsedMs: this.now() - this.begin,
      remainingMs: rate === null ? null : rate * (stepsTotal - this.stepsDone),
      compiling: this.stepsDone === 0,
    };
  }

  /** Milliseconds of the first step, once it has ended. */
  firstStep(): number {
    return (this.firstStepEnd ?? this.now()) - this.begin;
  }

  timings(): Record<string, number> {
    return {
      firstStep: this.firstStep(),
      step: this.msPerStep() ?? 0,
      slice: (this.now() - this.begin) / Math.max(1, this.slicesDone),
    };
  }

  private msPerStep(): number | null {
    if (this.firstStepEnd === null) return null;
    // Until a second step has been timed the first one is all there is.
    if (this.stepsDone === this.firstSteps) return (this.firstStepEnd - this.begin) / this.firstSteps;
    return (this.now() - this.firstStepEnd) / (this.stepsDone - this.firstSteps);
  }
}
