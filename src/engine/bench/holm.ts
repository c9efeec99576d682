/**
 * Holm's step-down adjustment of the p values of several tests (Holm 1979): with m of them in rising order, the k-th is multiplied by
 * m - k + 1, none falls below the one before, and none exceeds 1. Null stays null and is not counted.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const order = [...ps.keys()].filter((n) => ps[n] !== null).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted: (number | null)[] = ps.map(() => null);
  let before = 0;
  for (const [rank, n] of order.entries()) {
    before = Math.min(1, Math.max(before, ps[n]! * (order.length - rank)));
    adjusted[n] = before;
  }
  return adjusted;
}
