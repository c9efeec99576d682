/** Milliseconds of each slice, of those that are made together its share. */
export class SliceTimes {
  private begin: number;
  private together = 1;
  /** Slices of the batch that are still to end, and the share of each in its time. */
  private toEnd = 0;
  private share = 0;

  /** @param now milliseconds, monotonic */
  constructor(private readonly now: () => number) {
    this.begin = now();
  }

  /** After a step, with the number of slices in the batch. */
  step(together: number): void {
    this.together = together;
  }

  /** Ends a slice; returns its milliseconds. */
  slice(): number {
    const end = this.now();
    if (this.toEnd === 0) {
      this.toEnd = this.together;
      this.share = (end - this.begin) / this.together;
    }
    this.toEnd--;
    this.begin = end;
    return this.share;
  }
}
