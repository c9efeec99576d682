/** How far a comparison is, and how long it takes yet: by reverse steps, of which each cell takes as many as its work says, times a ratio. */
import type { Cell } from '../../engine/bench/suite';
import type { CompareProgress } from './protocol';

type Work = Pick<Cell<unknown>, 'key' | 'work'>;

export class ComparisonProgress {
  private readonly total: number;
  private workDone = 0;
  /** Of the cell that is computed. */
  private label = '';
  private work = 0;
  private steps = 0;
  /** Of cells that are done, to know how many steps a unit of work is. */
  private stepsDone = 0;
  private workOfSteps = 0;
  /** When the first step of all had ended, which builds kernels, and the steps since. */
  private firstEnd: number | null = null;
  private lastEnd = 0;
  private timed = 0;

  /**
   * @param cells of all suites
   * @param kept those that need no work
   * @param usualRatio steps of a unit of work, until a cell is done
   */
  constructor(
    cells: readonly Work[],
    kept: (key: string) => boolean,
    private readonly usualRatio: number,
    /** Milliseconds, monotonic. */
    private readonly now: () => number,
  ) {
    this.total = cells.filter(({ key }) => !kept(key)).reduce((sum, { work }) => sum + work, 0);
  }

  /** A cell begins; the one before it is done. */
  begin(label: string, work: number): void {
    this.end();
    this.label = label;
    this.work = work;
    this.steps = 0;
  }

  step(): void {
    this.steps++;
    this.lastEnd = this.now();
    if (this.firstEnd === null) this.firstEnd = this.lastEnd;
    else this.timed++;
  }

  report(): CompareProgress {
    const ratio = this.ratio();
    const stepsOf = this.work === 0 ? null : Math.max(this.steps, Math.round(ratio * this.work));
    const share = stepsOf ? (this.work * this.steps) / stepsOf : 0;
    const left = this.total - this.workDone - share;
    const msPerStep = this.timed > 0 ? (this.lastEnd - this.firstEnd!) / this.timed : null;
    return {
      label: this.label,
      share: this.total > 0 ? Math.min(1, (this.workDone + share) / this.total) : 0,
      steps: this.steps,
      stepsOf,
      remainingMs: msPerStep === null ? null : Math.max(0, left * ratio * msPerStep),
    };
  }

  private end(): void {
    this.workDone += this.work;
    if (this.steps === 0) return;
    this.stepsDone += this.steps;
    this.workOfSteps += this.work;
  }

  private ratio(): number {
    return this.workOfSteps > 0 ? this.stepsDone / this.workOfSteps : this.usualRatio;
  }
}
