/** What a trained model has to beat, fitted on the slices that it was trained on; images in [0, 1]. */
import type { SliceSet, TrainData } from '../../training/data';
import type { Side } from '../../training/sides';
import { addForeground, applyMatching, emptyHistogram, matchingCurve } from './histogramMatch';
import { addPair, applyRegression, emptyRegression, regressionTable } from './intensityRegression';

export interface Baselines {
  /** Subjects whose pairs the regression was fitted on. */
  regressionSubjects: number;
  /** Null without training slices of the target. */
  histogramMatched: ((source: Float32Array, threshold: number) => Float32Array) | null;
  /** Null where the training scans are not paired. */
  regressed: ((source: Float32Array) => Float32Array) | null;
}

/** Collects training slices, scan after scan; then gives the baselines fitted on all of them. */
export class BaselineFit {
  private readonly pooled = emptyHistogram();
  private readonly sums = emptyRegression();
  private readonly subjects = new Set<string>();
  private hasTarget = false;

  addTarget(set: SliceSet): void {
    if (set.count > 0) this.hasTarget = true;
    for (let n = 0; n < set.count; n++) addForeground(this.pooled, unitSlice(set, n), set.foreground[n]);
  }

  /** Adds slice `n` of one set and `m` of the other, which are the same anatomy. */
  addAligned(source: SliceSet, n: number, target: SliceSet, m: number): void {
    addPair(this.sums, unitSlice(source, n), unitSlice(target, m));
    this.subjects.add(source.subjects[source.subject[n]]);
  }

  baselines(): Baselines {
    const table = regressionTable(this.sums);
    return {
      regressionSubjects: this.subjects.size,
      histogramMatched: this.hasTarget
        ? (values, threshold) => {
            const own = emptyHistogram();
            addForeground(own, values, threshold);
            return applyMatching(values, matchingCurve(own, this.pooled));
          }
        : null,
      regressed: table && ((values) => applyRegression(values, table)),
    };
  }
}

/** @param aligned subjects of whom slices of the same number are the same anatomy */
export function fitBaselines(
  { train }: Pick<TrainData, 'train'>,
  sides: { source: Side; target: Side },
  aligned: readonly string[],
  isPaired: boolean,
): Baselines {
  const [source, target] = [train[sides.source], train[sides.target]];
  const fit = new BaselineFit();
  fit.addTarget(target);
  const isAligned = new Set(aligned);
  const place = (set: SliceSet, n: number) => `${set.subjects[set.subject[n]]} ${set.slice[n]}`;
  const places = new Map(Array.from({ length: target.count }, (_, n) => [place(target, n), n]));
  for (let n = 0; n < source.count; n++) {
    const subject = source.subjects[source.subject[n]];
    const other = isPaired ? n : isAligned.has(subject) ? places.get(place(source, n)) : undefined;
    if (other !== undefined) fit.addAligned(source, n, target, other);
  }
  return fit.baselines();
}

/** Image n in [0, 1]. */
function unitSlice({ size, images }: SliceSet, n: number): Float32Array {
  return Float32Array.from(images.subarray(n * size * size, (n + 1) * size * size), (v) => v / 65535);
}
