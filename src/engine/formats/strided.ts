/**
 * The values of a strided view in row-major order: element (i, j, ...) of `shape` is values[i*strides[0] + j*strides[1] + ...].
 * Transposes too: axes in another order are strides in another order.
 */
export function gatherStrided(
  values: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
): Float32Array {
  const out = new Float32Array(countOf(shape));
  eachStrided(shape, strides, (from, to) => {
    out[to] = values[from];
  });
  return out;
}

/** The same of raw values of some bytes each: what lies between them is not touched. */
export function gatherStridedBytes(
  bytes: Uint8Array,
  bytesPerValue: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(countOf(shape) * bytesPerValue);
  eachStrided(shape, strides, (from, to) => {
    for (let n = 0; n < bytesPerValue; n++) out[to * bytesPerValue + n] = bytes[from * bytesPerValue + n];
  });
  return out;
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

function eachStrided(
  shape: readonly number[],
  strides: readonly number[],
  visit: (from: number, to: number) => void,
): void {
  const count = countOf(shape);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    visit(from, to);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
