/** Copies of images with room about their pixels and behind their channels. */

/**
 * [height][width][c] into the middle of zeros, at every `stride`-th place from row `top`, column `left` of [rows][columns][channels].
 * What lies outside is left out.
 */
export function place(
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  out: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  top: i32,
  left: i32,
  stride: i32,
): void {
  const pixel = (c * 4) as usize;
  const outPixel = (channels * 4) as usize;
  const outRow = columns * outPixel;
  memory.fill(out, 0, rows * outRow);
  for (let y = 0; y < height; y++) {
    const row = top + y * stride;
    if (row < 0 || row >= rows) continue;
    const to = out + row * outRow;
    const from = x + y * width * pixel;
    if (stride == 1) {
      const begin = max(0, -left);
      const end = min(width, columns - left);
      if (end <= begin) continue;
      if (pixel == outPixel) {
        memory.copy(to + (left + begin) * pixel, from + begin * pixel, (end - begin) * pixel);
        continue;
      }
    }
    for (let i = 0; i < width; i++) {
      const column = left + i * stride;
      if (column < 0 || column >= columns) continue;
      copyPixel(from + i * pixel, to + column * outPixel, c);
    }
  }
}

@inline
function copyPixel(from: usize, to: usize, c: i32): void {
  let i = 0;
  for (; i <= c - 4; i += 4) v128.store(to + i * 4, v128.load(from + i * 4));
  for (; i < c; i++) store<f32>(to + i * 4, load<f32>(from + i * 4));
}

/** Rows of `from` numbers as rows of `to` <= from, without what is behind. */
export function trim(x: usize, rows: i32, from: i32, to: i32, out: usize): void {
  for (let r = 0; r < rows; r++) copyPixel(x + r * from * 4, out + r * to * 4, to);
}

/** Zeros about an image of [height][width][c] that lies `top` rows and `left` columns inside of [rows][columns][c]. */
export function clearBorder(
  out: usize,
  rows: i32,
  columns: i32,
  c: i32,
  top: i32,
  left: i32,
  height: i32,
  width: i32,
): void {
  const pixel = (c * 4) as usize;
  const row = columns * pixel;
  memory.fill(out, 0, top * row);
  memory.fill(out + (top + height) * row, 0, (rows - top - height) * row);
  for (let y = top; y < top + height; y++) {
    memory.fill(out + y * row, 0, left * pixel);
    memory.fill(out + y * row + (left + width) * pixel, 0, (columns - left - width) * pixel);
  }
}
