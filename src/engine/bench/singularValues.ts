/** Singular values of dense matrices in float64, without products of a matrix with itself, which would halve the digits. */

/** Row-major, rows * columns. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Rotations of all pairs of columns after which they are orthogonal to rounding; some ten are needed. */
const MOST_SWEEPS = 60;
/** Columns whose cosine is below this count as orthogonal. */
const ORTHOGONAL = 1e-15;

/**
 * W = A V with V orthogonal and the columns of W orthogonal to each other: the singular values of A are their lengths
 * (one-sided Jacobi, Hestenes 1958). Column after column, columns * rows.
 */
export function orthogonalColumns({ rows, columns, values }: Matrix): Float64Array[] {
  const w = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => values[i * columns + j]),
  );
  for (let sweep = 0, turned = true; turned && sweep < MOST_SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < columns - 1; p++) {
      for (let q = p + 1; q < columns; q++) if (rotate(w[p], w[q])) turned = true;
    }
  }
  return w;
}

/** Turns two columns in their plane until they are orthogonal; false where they are. */
function rotate(a: Float64Array, b: Float64Array): boolean {
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  if (!(Math.abs(ab) > ORTHOGONAL * Math.sqrt(aa * bb))) return false;
  const zeta = (bb - aa) / (2 * ab);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cos = 1 / Math.hypot(1, t);
  const sin = cos * t;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    a[i] = cos * x - sin * b[i];
    b[i] = sin * x + cos * b[i];
  }
  return true;
}

/** The sum of a matrix' singular values (its nuclear norm). */
export function sumOfSingularValues(matrix: Matrix): number {
  const { rows, columns } = matrix;
  return orthogonalColumns(columns > rows ? transpose(matrix) : matrix).reduce(
    (sum, column) => sum + Math.hypot(...column),
    0,
  );
}

/** A B^T. */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let k = 0; k < a.columns; k++) sum += a.values[i * a.columns + k] * b.values[j * b.columns + k];
      values[i * b.rows + j] = sum;
    }
  }
  return { rows: a.rows, columns: b.rows, values };
}

export function transpose({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float64Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j];
  return { rows: columns, columns: rows, values: turned };
}

/**
 * R of A = Q R, Q with orthonormal columns, by Householder's reflections: at most as many rows as columns, and R^T R = A^T A.
 * A matrix that is not taller than wide comes back as it is.
 */
export function triangularFactor(matrix: Matrix): Matrix {
  const { rows, columns } = matrix;
  if (rows <= columns) return matrix;
  const r = Float64Array.from(matrix.values);
  for (let k = 0; k < columns; k++) {
    let norm = 0;
    for (let i = k; i < rows; i++) norm = Math.hypot(norm, r[i * columns + k]);
    if (norm === 0) continue;
    const head = r[k * columns + k];
    const alpha = head > 0 ? -norm : norm;
    // v = x - alpha e, of squared length 2 norm (norm + |head|).
    const v = Float64Array.from({ length: rows - k }, (_, i) => r[(k + i) * columns + k]);
    v[0] -= alpha;
    const half = norm * (norm + Math.abs(head));
    for (let j = k; j < columns; j++) {
      let dot = 0;
      for (let i = 0; i < v.length; i++) dot += v[i] * r[(k + i) * columns + j];
      const by = dot / half;
      for (let i = 0; i < v.length; i++) r[(k + i) * columns + j] -= by * v[i];
    }
  }
  return { rows: columns, columns, values: r.slice(0, columns * columns) };
}
