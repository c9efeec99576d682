import { describe, expect, it } from 'vitest';
import { smallestP, wilcoxonSignedRank } from './wilcoxon';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

// The wanted numbers are scipy.stats.wilcoxon's (1.17).
describe('wilcoxonSignedRank', () => {
  it('is exact for few pairs without ties', () => {
    const a = [3.5, 2.25, 1, 4.75, 2.5, 0.125, 6, 5];
    const b = [1, 3, 0.5, 2, 2.25, 0, 1.5, 4.9];
    expect(wilcoxonSignedRank(a, b)).toMatchObject({ statistic: 5, n: 8, method: 'exact' });
    expect(wilcoxonSignedRank(a, b).p).toBeCloseTo(0.078125, 12);
  });

  it('is exact up to 50 pairs and approximate above', () => {
    const shifted = (n: number) =>
      wilcoxonSignedRank(
        range(n),
        range(n).map((i) => i - (1 + i * 0.01)),
      );
    expect(shifted(40)).toMatchObject({ statistic: 0, method: 'exact' });
    expect(shifted(40).p / 1.8189894035458565e-12).toBeCloseTo(1, 12);
    expect(shifted(60)).toMatchObject({ statistic: 0, method: 'normal' });
    expect(shifted(60).p / 1.6295557943119345e-11).toBeCloseTo(1, 9);
  });

  it('drops equal pairs and corrects the variance for ties', () => {
    const a = [125, 115, 130, 140, 140.5, 115, 140, 125, 140, 135];
    const b = [110, 122, 125, 120, 140, 124, 123, 137, 135, 145.25];
    // Two groups: differences of 5 twice; nothing equal.
    const few = wilcoxonSignedRank(a, b);
    expect(few).toMatchObject({ statistic: 22, n: 10, method: 'normal' });
    expect(few.p).toBeCloseTo(0.574813694313855, 12);

    const many = wilcoxonSignedRank(
      range(60).map((i) => ((i * 37) % 61) / 8),
      range(60).map((i) => ((i * 23 + 5) % 59) / 8),
    );
    expect(many).toMatchObject({ statistic: 810.5, n: 58, method: 'normal' });
    expect(many.p).toBeCloseTo(0.7275090848932724, 12);
  });

  it('does not depend on which list comes first', () => {
    const a = [1, 4, 2, 8, 5];
    const b = [2, 1, 4, 3, 5];
    expect(wilcoxonSignedRank(a, b)).toEqual(wilcoxonSignedRank(b, a));
  });

  it('says the least p that few pairs can give, and reaches it', () => {
    expect([0, 1, 2, 5, 6].map(smallestP)).toEqual([1, 1, 0.5, 0.0625, 0.03125]);
    for (const n of [1, 2, 6, 9]) {
      const test = wilcoxonSignedRank(
        range(n).map((i) => i + 1.1 ** i),
        range(n),
      );
      expect(test.smallestP).toBe(2 ** (1 - n));
      expect(test.p).toBeCloseTo(test.smallestP, 15);
    }
  });

  it('says that nothing differs', () => {
    expect(wilcoxonSignedRank([1, 2], [1, 2])).toMatchObject({ p: 1, n: 0, smallestP: 1 });
  });

  it('refuses lists that do not pair and values that are not finite', () => {
    expect(() => wilcoxonSignedRank([1, 2], [1])).toThrow('got 2 and 1');
    expect(() => wilcoxonSignedRank([], [])).toThrow('got 0 and 0');
    expect(() => wilcoxonSignedRank([Number.POSITIVE_INFINITY], [1])).toThrow('finite');
  });
});
