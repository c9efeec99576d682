/**
 * The mean target value of each source value, E[target | source], from aligned images: the best that any map of single
 * intensities can do in mean squared error on the images it is fitted to. A baseline. All values lie in [0, 1].
 */

/** Bins of equal width over [0, 1]. */
export const REGRESSION_BINS = 256;

/** Of the pairs so far. */
export interface RegressionSums {
  targets: Float64Array;
  counts: Float64Array;
}

export function emptyRegression(): RegressionSums {
  return { targets: new Float64Array(REGRESSION_BINS), counts: new Float64Array(REGRESSION_BINS) };
}

/** Adds the pixels of two aligned images. */
export function addPair(
  { targets, counts }: RegressionSums,
  source: Float32Array,
  target: Float32Array,
): void {
  for (let p = 0; p < source.length; p++) {
    const bin = binOf(source[p]);
    targets[bin] += target[p];
    counts[bin]++;
  }
}

/**
 * The mean target of every bin; where no pixel fell into one, linear between its neighbours and constant beyond the last.
 * Null without any pixel.
 */
export function regressionTable({ targets, counts }: RegressionSums): Float64Array | null {
  const known = [...counts.keys()].filter((bin) => counts[bin] > 0);
  if (known.length === 0) return null;
  const mean = (bin: number) => targets[bin] / counts[bin];
  let next = 0;
  return Float64Array.from({ length: REGRESSION_BINS }, (_, bin) => {
    while (next < known.length && known[next] < bin) next++;
    const above = known[next] ?? known[known.length - 1];
    const below = above === bin ? bin : (known[next - 1] ?? above);
    if (above === below) return mean(above);
    return mean(below) + ((bin - below) / (above - below)) * (mean(above) - mean(below));
  });
}

export function applyRegression(values: Float32Array, table: Float64Array): Float32Array {
  return values.map((value) => table[binOf(value)]);
}

function binOf(value: number): number {
  return Math.min(Math.max(Math.floor(value * REGRESSION_BINS), 0), REGRESSION_BINS - 1);
}
