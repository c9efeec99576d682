/** Of any number of values: as arguments of Math.max some hundred thousand overflow the stack. Without values -Infinity and Infinity, as there. */
export const largestOf = (values: Iterable<number>) => {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  return most;
};

export const smallestOf = (values: Iterable<number>) => {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) least = Math.min(least, value);
  return least;
};
