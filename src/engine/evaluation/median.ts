/** The middle value, or the mean of the two in the middle; null for nothing. */
export function median(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  const sorted = new Float64Array(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
