import type { StepReport } from '../engine/training/reports';
import type { TrainProgress } from './trainProtocol';

/** Iterations over which the rate is taken. */
const WINDOW = 20;

/** How far a run is and how long it will take. Validations and previews count as time, but not in the rate of iterations. */
export class TrainingProgress {
  private readonly times: number[] = [];
  private begun = 0;
  private done = 0;

  /** @param now milliseconds, monotonic */
  constructor(
    private readonly iterations: number,
    private readonly now: () => number,
  ) {}

  /** Before the first iteration of this worker, which on a GPU begins with its shaders. */
  before(step: number, memoryBytes: number, compiling: boolean): TrainProgress {
    const { iterations } = this;
    return { step, iterations, iterationsPerSecond: 0, remainingMs: null, memoryBytes, compiling };
  }

  after({ step, ms }: StepReport, memoryBytes: number): TrainProgress {
    // Not from the construction: a run begins with a look at what it can do so far.
    if (this.done === 0) this.begun = this.now() - ms;
    this.done++;
    // The first one compiles shaders and is no measure of the others.
    if (this.times.length === 1 && this.done === 2) this.times.pop();
    this.times.push(ms);
    if (this.times.length > WINDOW) this.times.shift();
    const mean = this.times.reduce((sum, one) => sum + one, 0) / this.times.length;
    const eachWithLooks = (this.now() - this.begun) / this.done;
    return {
      step,
      iterations: this.iterations,
      iterationsPerSecond: 1000 / mean,
      remainingMs: this.done < 2 ? null : (this.iterations - step) * Math.max(mean, eachWithLooks),
      memoryBytes,
      compiling: false,
    };
  }
}
