/** What a trained model has to beat, fitted on the slices that it was trained on; images in [0, 1]. */
import {
  addForeground,
  applyMatching,
  emptyHistogram,
  type Histogram,
  matchingCurve,
} from '../engine/baselines/histogramMatch';
import {
  addPair,
  applyRegression,
  emptyRegression,
  regressionTable,
} from '../engine/baselines/intensityRegression';
import type { SliceSet, TrainData } from '../engine/training/data';
import type { Side } from '../engine/training/settings';

export interface Baselines {
  /** Subjects whose pairs the regression was fitted on. */
  regressionSubjects: number;
  histogramMatched(source: Float32Array, threshold: number): Float32Array;
  /** Null where the training scans are not paired. */
  regressed: ((source: Float32Array) => Float32Array) | null;
}

/** @param aligned subjects of whom slices of the same number are the same anatomy */
export function fitBaselines(
  { train }: Pick<TrainData, 'train'>,
  { source, target }: { source: Side; target: Side },
  aligned: readonly string[],
  isPaired: boolean,
): Baselines {
  const pooled = foregroundOf(train[target]);
  const { table, subjects } = fitRegression(train[source], train[target], aligned, isPaired);
  return {
    regressionSubjects: subjects,
    histogramMatched: (values, threshold) => {
      const own = emptyHistogram();
      addForeground(own, values, threshold);
      return applyMatching(values, matchingCurve(own, pooled));
    },
    regressed: table && ((values) => applyRegression(values, table)),
  };
}

function foregroundOf(set: SliceSet): Histogram {
  const pooled = emptyHistogram();
  for (let n = 0; n < set.count; n++) addForeground(pooled, unitSlice(set, n), set.foreground[n]);
  return pooled;
}

function fitRegression(source: SliceSet, target: SliceSet, aligned: readonly string[], isPaired: boolean) {
  const sums = emptyRegression();
  const subjects = new Set<string>();
  const isAligned = new Set(aligned);
  const place = (set: SliceSet, n: number) => `${set.subjects[set.subject[n]]} ${set.slice[n]}`;
  const places = new Map(Array.from({ length: target.count }, (_, n) => [place(target, n), n]));
  for (let n = 0; n < source.count; n++) {
    const subject = source.subjects[source.subject[n]];
    const other = isPaired ? n : isAligned.has(subject) ? places.get(place(source, n)) : undefined;
    if (other === undefined) continue;
    addPair(sums, unitSlice(source, n), unitSlice(target, other));
    subjects.add(subject);
  }
  return { table: regressionTable(sums), subjects: subjects.size };
}

/** Image n in [0, 1]. */
function unitSlice({ size, images }: SliceSet, n: number): Float32Array {
  return Float32Array.from(images.subarray(n * size * size, (n + 1) * size * size), (v) => v / 65535);
}
