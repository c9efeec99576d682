/** How far a run is, on one line. */
import type { StepReport } from '../engine/training/reports';

/** Iterations over which the rate is taken. */
const WINDOW = 20;

export class TrainProgress {
  private readonly times: number[] = [];
  private readonly begin: number;
  private done = 0;

  /** @param now milliseconds, monotonic */
  constructor(
    private readonly iterations: number,
    private readonly now: () => number,
  ) {
    this.begin = now();
  }

  after({ step, ms, losses }: StepReport, memoryBytes: number): string {
    this.done++;
    this.times.push(ms);
    if (this.times.length > WINDOW) this.times.shift();
    const mean = this.times.reduce((sum, one) => sum + one, 0) / this.times.length;
    // Validations and previews count as time that is left, but not in the rate.
    const left = (this.iterations - step) * Math.max(mean, (this.now() - this.begin) / this.done);
    const told = Object.entries(losses).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
    const memory = `${(memoryBytes / 2 ** 20).toFixed(0)} MiB`;
    return `iteration ${step}/${this.iterations}, ${rateText(mean)}, ${timeText(left)} left, ${memory}, ${told.join(' ')}`;
  }
}

const rateText = (ms: number) => (ms < 1 ? '> 1000 it/s' : `${(1000 / ms).toPrecision(3)} it/s`);

/** "45 s", "12 min", "3 h 20 min". */
export function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
