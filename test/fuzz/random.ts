/** Seeded chance: case n of a reader is the same on every machine, whatever ran before it. */
export class Random {
  private state: number;

  constructor(seed: number, reader: string, n: number) {
    let hash = seed | 0;
    for (const code of new TextEncoder().encode(`${reader} ${n}`)) hash = Math.imul(hash ^ code, 0x01000193);
    this.state = hash;
  }

  /** A whole number of 32 bits: mulberry32, by Tommy Ettinger. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** From 0 up to, but without, `count`; 0 for a count of 0. */
  below(count: number): number {
    return Math.floor((this.bits() / 2 ** 32) * count);
  }

  /** True once in `count`. */
  once(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}
