/** Borders that mirror the image without repeating its edge (networks/reflectPad.ts), and the adjoint. Images [height][width][c]. */
import { get, put } from './lanes';

@inline
function mirrored(place: i32, length: i32): i32 {
  const inside = place < 0 ? -place : place;
  return inside < length ? inside : 2 * (length - 1) - inside;
}

/**
 * [height + 2n][width + 2n][c] of x.
 * @param first, last the rows that are made, of those of all images
 */
export function reflectPad(
  x: usize,
  batch: i32,
  height: i32,
  width: i32,
  c: i32,
  n: i32,
  out: usize,
  first: i32,
  last: i32,
): void {
  const pixel = (c * 4) as usize;
  const row = width * pixel;
  const rows = height + 2 * n;
  out += first * (width + 2 * n) * pixel;
  for (let y = first; y < last; y++) {
    const b = y / rows;
    const from = x + (b * height + mirrored(y - b * rows - n, height)) * row;
    for (let i = -n; i < 0; i++) {
      memory.copy(out, from + mirrored(i, width) * pixel, pixel);
      out += pixel;
    }
    memory.copy(out, from, row);
    out += row;
    for (let i = width; i < width + n; i++) {
      memory.copy(out, from + mirrored(i, width) * pixel, pixel);
      out += pixel;
    }
  }
}

function addNumbers(x: usize, n: i32, out: usize): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    put<i32>(out + at, f32x4.add(get<i32>(out + at, 4), get<i32>(x + at, 4)), 4);
    at += 16;
  }
  if (n > 0) put<f32>(out + at, f32x4.add(get<f32>(out + at, n), get<f32>(x + at, n)), n);
}

/** Each pixel of dy [height + 2n][width + 2n][c] added to where it came from. */
export function reflectFold(dy: usize, batch: i32, height: i32, width: i32, c: i32, n: i32, dx: usize): void {
  const pixel = (c * 4) as usize;
  const row = width * pixel;
  memory.fill(dx, 0, batch * height * row);
  for (let b = 0; b < batch; b++) {
    for (let y = -n; y < height + n; y++) {
      const to = dx + mirrored(y, height) * row;
      for (let i = -n; i < 0; i++) {
        addNumbers(dy, c, to + mirrored(i, width) * pixel);
        dy += pixel;
      }
      addNumbers(dy, width * c, to);
      dy += row;
      for (let i = width; i < width + n; i++) {
        addNumbers(dy, c, to + mirrored(i, width) * pixel);
        dy += pixel;
      }
    }
    dx += height * row;
  }
}
