/** Products of matrices that lie in memory row after row. */
import * as tf from '../../tf';
import type { Kernels } from './kernels';
import { Rooms, roundUp } from './rooms';

/** Element (i, j) lies at address + i rowStep + j columnStep bytes. */
export interface Matrix {
  address: number;
  rowStep: number;
  columnStep: number;
}

/**
 * Rows x [rows, k] times a matrix [k, n], plus a bias.
 * @param bias the address of n numbers, 0: none
 */
export function multiply(
  kernels: Kernels,
  x: number,
  { address, rowStep, columnStep }: Matrix,
  out: number,
  size: { rows: number; k: number; n: number },
  bias = 0,
): void {
  const { rows, k, n } = size;
  const rooms = new Rooms();
  const columns = roundUp(n, 8);
  const [panels, padded] = [rooms.floats(k * columns), rooms.floats(columns)];
  const at = kernels.workspace(rooms.bytes);
  kernels.run.packPanels(address, rowStep, columnStep, k, n, at + panels, 32 * k);
  if (bias)
    kernels
      .floats(at + padded, columns)
      .fill(0)
      .set(kernels.floats(bias, n));
  kernels.run.product(
    ...[x, 4 * k, 0, 0, 1, k, at + panels, out, 4 * n, 4 * n * rows, 1, rows, n],
    ...[bias ? at + padded : 0, 0, 1],
  );
}

/** Whether `multiplyTurned` covers a result of this size. */
export const coversTurned = (k: number, n: number): boolean => k % 4 === 0 && n % 8 === 0;

/** x^T y, [k, n], of x [rows, k] and y [rows, n]. */
export function multiplyTurned(
  kernels: Kernels,
  x: number,
  y: number,
  out: number,
  { rows, k, n }: { rows: number; k: number; n: number },
): void {
  kernels.floats(out, k * n).fill(0);
  // As the weight gradient of a 1x1 convolution, on an image of one row.
  kernels.run.filterGradient(x, 4 * k, 4 * k * rows, 1, y, 1, rows, 1, 1, k, n, out);
}

/** Packing does not repay for fewer rows. */
export const MANY_ROWS = 4;

/** TensorFlow.js's BatchMatMul of matrices as many as there are on the other side; null: not covered. */
export function batchMatMul(
  kernels: Kernels,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.TensorInfo | null {
  const batch = a.shape.slice(0, -2);
  if (!tf.util.arraysEqual(batch, b.shape.slice(0, -2))) return null;
  const [height, width] = a.shape.slice(-2);
  const [rows, k] = transposeA ? [width, height] : [height, width];
  const n = b.shape[b.shape.length - (transposeB ? 2 : 1)];
  if (rows < MANY_ROWS || (transposeA && (transposeB || !coversTurned(rows, n)))) return null;
  const out = kernels.backend.makeOutput([...batch, rows, n], 'float32');
  const [first, second, result] = [a, b, out].map((tensor) => kernels.addressOf(tensor));
  for (let i = 0; i < tf.util.sizeFromShape(batch); i++) {
    const [x, y, to] = [first + 4 * i * rows * k, second + 4 * i * k * n, result + 4 * i * rows * n];
    if (transposeA) multiplyTurned(kernels, x, y, to, { rows: k, k: rows, n });
    else {
      const [rowStep, columnStep] = transposeB ? [4, 4 * k] : [4 * n, 4];
      multiply(kernels, x, { address: y, rowStep, columnStep }, to, { rows, k, n });
    }
  }
  return out;
}
