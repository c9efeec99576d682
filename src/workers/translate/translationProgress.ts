/** Counts reverse steps and estimates the time left. The first step builds kernels, so it is left out of the rate. */
import type { TranslateProgress } from './protocol';

export class TranslationProgress {
  private readonly begin: number;
  private firstStepEnd: number | null = null;
  /** As many ended with the first. */
  private firstSteps = 0;
  private sliceBegin: number;
  private stepsDone = 0;
  private slicesDone = 0;
  /** Slices of the batch, how many of them are still to end, and the share of each in its time. */
  private together = 1;
  private toEnd = 0;
  private share = 0;

  constructor(
    private readonly slices: number,
    private readonly stepsPerSlice: number,
    /** Milliseconds, monotonic. */
    private readonly now: () => number,
  ) {
    this.begin = now();
    this.sliceBegin = this.begin;
  }

  /** @param slices that made it together */
  step(slices: number): void {
    this.stepsDone += slices;
    this.firstSteps ||= slices;
    this.together = slices;
    this.firstStepEnd ??= this.now();
  }

  /** Ends a slice; returns its milliseconds, of those that were made together its share. */
  slice(): number {
    this.slicesDone++;
    const end = this.now();
    if (this.toEnd === 0) {
      this.toEnd = this.together;
      this.share = (end - this.sliceBegin) / this.together;
    }
    this.toEnd--;
    this.sliceBegin = end;
    return this.share;
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
