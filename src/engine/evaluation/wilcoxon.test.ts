import { describe, expect, it } from 'vitest';
import { smallestP, wilcoxonSignedRank } from './wilcoxon';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

// The wanted numbers are scipy.stats.wilcoxon's (1.17), those of few pairs with ties by counting all patterns of signs.
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

  it('is exact for few pairs with ties or equal pairs', () => {
    const a = [125, 115, 130, 140, 140.5, 115, 140, 125, 140, 135];
    const b = [110, 122, 125, 120, 140, 124, 123, 137, 135, 145.25];
    // Differences of 15 twice; nothing equal.
    const tied = wilcoxonSignedRank(a, b);
    expect(tied).toMatchObject({ statistic: 22, n: 10, method: 'exact' });
    expect(tied.p).toBeCloseTo(0.607421875, 12);
    const differences = [3, -1, 2, 0, 2, 0, 1, 5, -2, 4];
    const dropped = wilcoxonSignedRank(differences, new Array(10).fill(0));
    expect(dropped).toMatchObject({ statistic: 5.5, n: 8, method: 'exact' });
    expect(dropped.p).toBeCloseTo(0.1015625, 12);
  });

  it('gives no p below the least that so many pairs can give', () => {
    for (const n of [1, 2, 5, 20]) {
      const { p, method, ...same } = wilcoxonSignedRank(new Array(n).fill(2), new Array(n).fill(1));
      expect({ method, least: same.smallestP }).toEqual({ method: 'exact', least: 2 ** (1 - n) });
      expect(p / 2 ** (1 - n)).toBeCloseTo(1, 12);
    }
  });

  it('drops equal pairs and corrects the variance for ties of more than 20 pairs', () => {
    expect(wilcoxonSignedRank(new Array(21).fill(2), new Array(21).fill(1)).method).toBe('normal');
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
