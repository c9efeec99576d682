/**
 * Fréchet distance of two sets of features, each taken as a Gaussian (Dowson & Landau 1982; Heusel et al. 2017):
 * FD = |m1 - m2|² + tr S1 + tr S2 - 2 tr (S1 S2)^½.
 *
 * With X and Y the centred features over the roots of N - 1 and M - 1, the last trace is the sum of the singular values of X Y^T. No
 * root of a matrix of length x length is taken, so that it is right where there are fewer images than features.
 */
import { BadRequest } from '../../errors';
import { checkSets, type FeatureSet } from './featureSet';
import {
  type Matrix,
  orthogonalColumns,
  sumOfSingularValues,
  timesTransposed,
  transpose,
  triangularFactor,
} from './singularValues';

/** A Gaussian of D dimensions. */
export interface Moments {
  /** D numbers. */
  readonly mean: ArrayLike<number>;
  /** D * D, symmetric, no negative eigenvalues. */
  readonly covariance: ArrayLike<number>;
}

/**
 * Of the features of two sets of images, 0 or more; the covariances are unbiased (N - 1). It is biased upwards where a set has few
 * images: compare sets of the same size.
 * @throws BadRequest as `checkSets`
 */
export function frechetDistance(a: FeatureSet, b: FeatureSet): number {
  checkSets(a, b);
  const [x, y] = [a, b].map(centred);
  // X^T X is all that matters of X, so that its triangular factor does as well.
  const [rx, ry] = [x, y].map(({ matrix }) => triangularFactor(matrix));
  return distance(x.mean, y.mean, squares(x.matrix), squares(y.matrix), timesTransposed(rx, ry));
}

/** Of two Gaussians. @throws BadRequest where they have other dimensions, or a covariance is none */
export function frechetDistanceOfMoments(a: Moments, b: Moments): number {
  if (a.mean.length !== b.mean.length)
    throw new BadRequest(
      `moments: both means must have as many numbers, got ${a.mean.length} and ${b.mean.length}; use one feature network for both`,
    );
  const [fa, fb] = [a, b].map(rootOf);
  return distance(a.mean, b.mean, squares(fa), squares(fb), timesTransposed(fa, fb));
}

function distance(
  m1: ArrayLike<number>,
  m2: ArrayLike<number>,
  trace1: number,
  trace2: number,
  product: Matrix,
): number {
  let means = 0;
  for (let i = 0; i < m1.length; i++) means += (m1[i] - m2[i]) ** 2;
  // Below 0 by rounding alone.
  return Math.max(0, means + trace1 + trace2 - 2 * sumOfSingularValues(product));
}

const squares = ({ values }: Matrix): number => values.reduce((sum, v) => sum + v * v, 0);

/** Features less their mean, over the root of count - 1: count x length. */
function centred({ count, length, values }: FeatureSet): { mean: Float64Array; matrix: Matrix } {
  const mean = new Float64Array(length);
  values.forEach((v, at) => {
    mean[at % length] += v / count;
  });
  const root = Math.sqrt(count - 1);
  const of = Float64Array.from(values, (v, at) => (v - mean[at % length]) / root);
  return { mean, matrix: { rows: count, columns: length, values: of } };
}

/** A part of a covariance' size that its asymmetry or a negative eigenvalue may have: rounding. */
const ROUNDING = 1e-6;

/** F, with F^T F the covariance S: S V = W with orthogonal columns of lengths s gives S = sum w w^T / s where no eigenvalue is negative. */
function rootOf({ mean, covariance }: Moments): Matrix {
  const n = mean.length;
  const values = Float64Array.from(covariance);
  if (values.length !== n * n)
    throw new BadRequest(
      `moments: the covariance of ${n} features must be ${n * n} numbers, got ${values.length}; compute it again`,
    );
  if (!values.every(Number.isFinite) || !Array.from(mean).every(Number.isFinite))
    throw new BadRequest('moments: must be finite numbers, got some that are not; compute them again');
  const size = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const turned = transpose({ rows: n, columns: n, values }).values;
  const columns = orthogonalColumns({ rows: n, columns: n, values });
  const lengths = columns.map((column) => Math.hypot(...column));
  const trace = mean.length === 0 ? 0 : values.reduce((sum, v, at) => sum + (at % (n + 1) === 0 ? v : 0), 0);
  const sum = lengths.reduce((s, v) => s + v, 0);
  // The trace is the sum of the eigenvalues, the lengths are their absolute values.
  if (
    values.some((v, at) => Math.abs(v - turned[at]) > ROUNDING * size) ||
    sum - trace > ROUNDING * Math.max(sum, Number.MIN_VALUE)
  )
    throw new BadRequest(
      'moments: a covariance must be symmetric without negative eigenvalues, got another matrix; compute it again',
    );
  return {
    rows: n,
    columns: n,
    values: Float64Array.from(
      columns.flatMap((w, j) => Array.from(w, (v) => (lengths[j] > 0 ? v / Math.sqrt(lengths[j]) : 0))),
    ),
  };
}
