/**
 * How a network's weights are laid out: one table of rows (our path, the authors' name, kind, shape, how it begins), from which
 * weights are read, checked, made and written back (parameters.ts). Our layouts are TensorFlow's: conv [kh, kw, in, out], dense
 * [in, out].
 */
import { gatherStrided } from '../formats/strided';

/**
 * conv: authors [out, in, kh, kw]; convTranspose: authors [in, out, kh, kw] -> ours [kh, kw, out, in];
 * conv1d: authors [out, in, k] -> ours [k, in, out]; dense: authors [out, in]; asIs: vectors, and the attention's 1x1 matrices, which they store as [in, out].
 */
export type ParameterKind = 'conv' | 'convTranspose' | 'conv1d' | 'dense' | 'asIs';

/**
 * What a parameter begins with (SYNDIFF.md section 3, "Initialisation"). style: 1 in its first half, the scales that a style layer
 * predicts, else 0; normal: N(0, 0.02^2); kaiming: N(0, 2 / fan in); uniform: U(0, 1); fanIn: U of
 * +-1/sqrt(fan in), PyTorch's own; fan: DDPM's variance scaling, uniform, fan average, scale 1; fanAlmostZero: the same of
 * scale 1e-10, so that the network begins near a plain sum.
 */
export type Start =
  | 'zero'
  | 'one'
  | 'style'
  | 'normal'
  | 'kaiming'
  | 'uniform'
  | 'fanIn'
  | 'fan'
  | 'fanAlmostZero';

export interface ParameterRow {
  /** Where the tensor sits in our weight tree, e.g. "down.0.blocks.1.conv0.weight". */
  path: string;
  /** The authors' name, e.g. "all_modules.4.Conv_0.weight". */
  name: string;
  kind: ParameterKind;
  /** The authors' shape. */
  shape: number[];
  start: Start;
}

export type ParameterTable = ParameterRow[];

const TO_OURS: Record<ParameterKind, number[] | null> = {
  conv: [2, 3, 1, 0],
  convTranspose: [2, 3, 1, 0],
  conv1d: [2, 1, 0],
  dense: [1, 0],
  asIs: null,
};

/** Our shape of a row. */
export function ourShape({ kind, shape }: ParameterRow): number[] {
  const order = TO_OURS[kind];
  return order ? order.map((axis) => shape[axis]) : shape;
}

/** Values of all tensors of a network. */
export function numberOfValues(table: ParameterTable): number {
  return table.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** The authors' values in our layout. */
export function toOurs(row: ParameterRow, data: Float32Array): Float32Array {
  const order = TO_OURS[row.kind];
  return order ? permute(data, row.shape, order) : data;
}

/** Our values in the authors' layout; the inverse of `toOurs`. */
export function toAuthors(row: ParameterRow, data: Float32Array): Float32Array {
  const order = TO_OURS[row.kind];
  if (!order) return data;
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return permute(data, ourShape(row), inverse);
}

/** Transposes a C-order array: axis a of the result is axis order[a] of the input. */
function permute(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((p, n) => p * n, 1));
  return gatherStrided(
    data,
    order.map((axis) => shape[axis]),
    order.map((axis) => strides[axis]),
  );
}
