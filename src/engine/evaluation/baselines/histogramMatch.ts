/**
 * Histogram matching (Gonzalez and Woods, "Histogram specification"): values v become F_target^-1(F_source(v)), where F are the
 * cumulative distributions of the foreground. A baseline: brightness alone, nothing of anatomy. All values lie in [0, 1].
 */

/** Bins of equal width over [0, 1]; within one, values count as evenly spread. */
export const HISTOGRAM_BINS = 1024;

/** Counts of foreground values. */
export type Histogram = Float64Array;

export function emptyHistogram(): Histogram {
  return new Float64Array(HISTOGRAM_BINS);
}

/** Adds the values above `threshold`. */
export function addForeground(histogram: Histogram, values: Float32Array, threshold: number): void {
  for (const value of values) {
    if (value > threshold) histogram[Math.min(Math.floor(value * HISTOGRAM_BINS), HISTOGRAM_BINS - 1)]++;
  }
}

/**
 * What the centre of each of the source's bins becomes; these never fall. A bin's share is counted to its middle, so that levels
 * (8-bit scans) go to levels. Linear over empty bins; below the source's foreground values shrink or grow in proportion, so that
 * 0 stays 0. The identity where one of the two has no foreground.
 */
export function matchingCurve(source: Histogram, target: Histogram): Float64Array {
  const [all, below] = [sum(source), cumulative(target)];
  const known = [...source.keys()].filter((bin) => source[bin] > 0);
  if (all === 0 || below[HISTOGRAM_BINS] === 0) return Float64Array.from(source, (_, bin) => centre(bin));
  const curve = new Float64Array(HISTOGRAM_BINS);
  let [before, from, fromValue] = [0, -0.5, 0];
  for (const bin of known) {
    const value = quantile(below, (before + source[bin] / 2) / all);
    for (let at = Math.ceil(from); at <= bin; at++)
      curve[at] = fromValue + ((at - from) / (bin - from)) * (value - fromValue);
    before += source[bin];
    [from, fromValue] = [bin, value];
  }
  return curve.fill(fromValue, from);
}

/** Linear between the centres of bins; held beyond the last one. */
export function applyMatching(values: Float32Array, curve: Float64Array): Float32Array {
  return values.map((value) => {
    const place = value * HISTOGRAM_BINS - 0.5;
    if (place < 0) return curve[0] * Math.max(0, 1 + 2 * place);
    const bin = Math.min(Math.floor(place), HISTOGRAM_BINS - 1);
    const next = Math.min(bin + 1, HISTOGRAM_BINS - 1);
    return curve[bin] + Math.min(place - bin, 1) * (curve[next] - curve[bin]);
  });
}

const centre = (bin: number) => (bin + 0.5) / HISTOGRAM_BINS;
const sum = (histogram: Histogram) => histogram.reduce((all, count) => all + count, 0);

/** How many values lie below each edge. */
function cumulative(histogram: Histogram): Float64Array {
  const below = new Float64Array(histogram.length + 1);
  histogram.forEach((count, bin) => {
    below[bin + 1] = below[bin] + count;
  });
  return below;
}

/** The value below which `share` (above 0, below 1) of the values lie. */
function quantile(below: Float64Array, share: number): number {
  const rank = share * below[below.length - 1];
  let [low, high] = [0, below.length - 1];
  // To below[low] < rank <= below[high] with high = low + 1.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (below[middle] < rank) low = middle;
    else high = middle;
  }
  return (low + (rank - below[low]) / (below[high] - below[low])) / HISTOGRAM_BINS;
}
