/**
 * The order of fluid, grey and white matter by brightness. Who is which is told by the real T1w, in which fluid is darker than grey
 * matter, and grey darker than white: three classes of equal tissue by Otsu's criterion (Otsu 1979, section V), inside the brain.
 * Classes of intensity, not of anatomy: a lesion that is dark in T1w counts as grey matter or fluid.
 */
import type { Shape3 } from '../../volume/image';
import type { Pieces } from '../pieces';
import { medianWhere, valuesWhere } from './lesions';
import { brainMask, erodeInPlane, INSIDE_RADIUS } from './masks';
import { median } from './median';

export const TISSUES = ['fluid', 'grey', 'white'] as const;
export type Tissue = (typeof TISSUES)[number];
export type TissueLevels = Record<Tissue, number>;

export interface TissueOrder {
  /** Medians of each class in the real and in the synthetic target. */
  real: TissueLevels;
  synthetic: TissueLevels;
  /** From dark to bright, such as "fluid < white < grey". */
  orderReal: string;
  orderSynthetic: string;
  same: boolean;
}

const BINS = 256;
/** What is brighter in T1w than this many times the brain's median is fat, or a vessel with contrast agent. */
const BRIGHTEST_TISSUE = 1.5;

/** Where fluid, grey and white matter lie: 1, 2, 3, and 0 elsewhere; in the given slices. Null where there are no three levels. */
export function* tissueClasses(
  t1w: Float32Array,
  foreground: Uint8Array,
  shape: Shape3,
  slices: readonly number[],
): Pieces<Uint8Array | null> {
  const area = shape[0] * shape[1];
  // Meninges and bone lie at the edge.
  const brain = yield* erodeInPlane(yield* brainMask(foreground, shape), shape, INSIDE_RADIUS);
  const level = medianWhere(t1w, brain);
  yield;
  if (level === null || !(level > 0)) return null;
  const top = BRIGHTEST_TISSUE * level;
  const counts = new Float64Array(BINS);
  const bin = (value: number) => Math.max(Math.floor((value / top) * BINS), 0);
  const each = (visit: (at: number) => void) => {
    for (const k of slices)
      for (let at = k * area; at < (k + 1) * area; at++) if (brain[at] && t1w[at] < top) visit(at);
  };
  each((at) => counts[bin(t1w[at])]++);
  yield;
  const cuts = otsuCuts(counts);
  if (!cuts) return null;
  const classes = new Uint8Array(t1w.length);
  each((at) => {
    const value = bin(t1w[at]);
    classes[at] = value < cuts[0] ? 1 : value < cuts[1] ? 2 : 3;
  });
  return classes;
}

/**
 * The two bins at which the second and third class begin: those with the largest variance between classes. Null where fewer than
 * three bins are filled.
 */
export function otsuCuts(counts: Float64Array): [number, number] | null {
  const weight = new Float64Array(counts.length + 1);
  const moment = new Float64Array(counts.length + 1);
  counts.forEach((count, bin) => {
    weight[bin + 1] = weight[bin] + count;
    moment[bin + 1] = moment[bin] + count * bin;
  });
  // Up to a constant, the variance between classes is the sum of (first moment)² / weight.
  const part = (from: number, to: number) => {
    const w = weight[to] - weight[from];
    return w > 0 ? (moment[to] - moment[from]) ** 2 / w : Number.NEGATIVE_INFINITY;
  };
  let best: [number, number] | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (let low = 1; low < counts.length - 1; low++) {
    for (let high = low + 1; high < counts.length; high++) {
      const between = part(0, low) + part(low, high) + part(high, counts.length);
      if (between > most) {
        most = between;
        best = [low, high];
      }
    }
  }
  return best;
}

/** Null where a class is empty. */
export function* tissueOrder(
  synthetic: Float32Array,
  real: Float32Array,
  classes: Uint8Array,
): Pieces<TissueOrder | null> {
  const levels = function* (image: Float32Array): Pieces<TissueLevels | null> {
    const found: (number | null)[] = [];
    for (const one of [1, 2, 3]) {
      found.push(median(valuesWhere(image, classes, one)));
      yield;
    }
    const [fluid, grey, white] = found;
    return fluid === null || grey === null || white === null ? null : { fluid, grey, white };
  };
  const ofReal = yield* levels(real);
  const ofSynthetic = yield* levels(synthetic);
  if (!ofReal || !ofSynthetic) return null;
  const [orderReal, orderSynthetic] = [orderOf(ofReal), orderOf(ofSynthetic)];
  return {
    real: ofReal,
    synthetic: ofSynthetic,
    orderReal,
    orderSynthetic,
    same: orderReal === orderSynthetic,
  };
}

/** Equal levels stand side by side in the order of `TISSUES`. */
function orderOf(levels: TissueLevels): string {
  return [...TISSUES]
    .sort((a, b) => levels[a] - levels[b])
    .reduce((text, tissue, n, all) => {
      if (n === 0) return tissue;
      return `${text} ${levels[tissue] === levels[all[n - 1]] ? '=' : '<'} ${tissue}`;
    }, '');
}
