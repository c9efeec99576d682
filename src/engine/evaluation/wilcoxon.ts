/** `statistic` is the smaller of the two rank sums; `n` counts the pairs that differ. */
export interface WilcoxonResult {
  statistic: number;
  p: number;
  n: number;
  method: 'exact' | 'normal';
  /** The least p that so many pairs can give, by the exact distribution: all of them differing to one side. */
  smallestP: number;
}

/** Two of the 2^n equally likely patterns of signs are as one-sided as can be. */
export function smallestP(n: number): number {
  return Math.min(1, 2 ** (1 - n));
}

/** Up to this many pairs without ties or equal pairs the exact distribution is used, as SciPy does. */
const EXACT_UP_TO = 50;
/** With them, up to this many that differ: the normal approximation gives a p below the least that so few can give. */
const EXACT_WITH_TIES_UP_TO = 20;

/**
 * Wilcoxon signed-rank test of paired values, two-sided (Wilcoxon 1945): equal pairs are dropped and ties share their mean rank.
 * Exact for up to 20 pairs that differ, over the ranks that they have, and for up to 50 without ties or equal pairs; else the
 * normal approximation, variance corrected for ties and no continuity correction. These are SciPy's defaults (1.17) but for 14 to 20
 * pairs with ties or equal pairs, which SciPy approximates. p is 1 where no pair differs. Throws on unequal lengths, no pairs or
 * values that are not finite.
 */
export function wilcoxonSignedRank(a: readonly number[], b: readonly number[]): WilcoxonResult {
  if (a.length !== b.length || a.length === 0) {
    throw new Error(
      `Wilcoxon test: two lists of the same length are needed, got ${a.length} and ${b.length}`,
    );
  }
  const all = a.map((value, i) => value - b[i]);
  if (!all.every(Number.isFinite))
    throw new Error('Wilcoxon test: every difference must be finite, got one that is not');
  const differences = all.filter((difference) => difference !== 0);
  const n = differences.length;
  if (n === 0) return { statistic: 0, p: 1, n, method: 'exact', smallestP: 1 };

  const { ranks, tieCorrection } = averageRanks(differences.map(Math.abs));
  let positive = 0;
  for (let i = 0; i < n; i++) if (differences[i] > 0) positive += ranks[i];
  const total = (n * (n + 1)) / 2;
  const statistic = Math.min(positive, total - positive);

  const hasTies = n < all.length || tieCorrection > 0;
  if (n <= (hasTies ? EXACT_WITH_TIES_UP_TO : EXACT_UP_TO)) {
    return { statistic, p: exactTwoSided(statistic, ranks), n, method: 'exact', smallestP: smallestP(n) };
  }
  const variance = (n * (n + 1) * (2 * n + 1) - tieCorrection / 2) / 24;
  const z = (statistic - total / 2) / Math.sqrt(variance);
  return {
    statistic,
    p: complementaryError(Math.abs(z) / Math.SQRT2),
    n,
    method: 'normal',
    smallestP: smallestP(n),
  };
}

/** Ranks from 1, ties sharing their mean rank; tieCorrection is the sum of t³ - t over groups of t equal values. */
function averageRanks(values: number[]): { ranks: number[]; tieCorrection: number } {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranks = new Array<number>(values.length);
  let tieCorrection = 0;
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]] === values[order[first]]) end++;
    for (let i = first; i < end; i++) ranks[order[i]] = (first + 1 + end) / 2;
    const tied = end - first;
    tieCorrection += tied ** 3 - tied;
    first = end;
  }
  return { ranks, tieCorrection };
}

/** 2 P(rank sum <= statistic) when each of the ranks is positive with probability 1/2. Mean ranks are halves: twice them is whole. */
function exactTwoSided(statistic: number, ranks: readonly number[]): number {
  const total = ranks.reduce((sum, rank) => sum + 2 * rank, 0);
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  for (const rank of ranks) {
    const step = 2 * rank;
    for (let sum = total; sum >= 0; sum--) {
      probability[sum] = (probability[sum] + (sum >= step ? probability[sum - step] : 0)) / 2;
    }
  }
  let below = 0;
  for (let sum = 0; sum <= 2 * statistic; sum++) below += probability[sum];
  return Math.min(1, 2 * below);
}

/** erfc(x) for x >= 0: series below 2, continued fraction above (Abramowitz and Stegun 7.1.6 and 7.1.14). */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = x;
  for (let n = 120; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
