import type { StepReport } from './reports';

/** Iterations over which the rate is taken. */
const WINDOW = 20;

export interface Pace {
  /** Of the last iterations, without what a run does between them. */
  msPerIteration: number;
  /** With validations and previews as they came so far; null after the first iteration, which is no measure of the others. */
  remainingMs: number | null;
}

/** How fast a run goes and how long it will take. */
export class TrainingPace {
  private readonly times: number[] = [];
  private begun = 0;
  private done = 0;

  /** @param now milliseconds, monotonic */
  constructor(
    private readonly iterations: number,
    private readonly now: () => number,
  ) {}

  after({ step, ms }: Pick<StepReport, 'step' | 'ms'>): Pace {
    // Not from the construction: a run begins with a look at what it can do so far.
    if (this.done === 0) this.begun = this.now() - ms;
    this.done++;
    // The first one compiles shaders.
    if (this.done === 2) this.times.pop();
    this.times.push(ms);
    if (this.times.length > WINDOW) this.times.shift();
    const mean = this.times.reduce((sum, one) => sum + one, 0) / this.times.length;
    const eachWithLooks = (this.now() - this.begun) / this.done;
    const remaining = (this.iterations - step) * Math.max(mean, eachWithLooks);
    return { msPerIteration: mean, remainingMs: this.done < 2 ? null : remaining };
  }
}
