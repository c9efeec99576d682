/** x W + b of a few rows, x [rows][k], W [k][n], and its gradients. */
import { dense } from './elements';
import { get, put } from './lanes';

export function denseRows(x: usize, rows: i32, k: i32, n: i32, w: usize, b: usize, out: usize): void {
  for (let r = 0; r < rows; r++) {
    dense(x, w, b, k, n, out);
    x += k * 4;
    out += n * 4;
  }
}

/** dx = dy W^T: each a product of two rows. */
export function denseBack(dy: usize, rows: i32, k: i32, n: i32, w: usize, dx: usize): void {
  for (let r = 0; r < rows; r++) {
    let row = w;
    for (let i = 0; i < k; i++) {
      let sum = f32x4.splat(0);
      let j = 0;
      for (; j <= n - 4; j += 4) sum = f32x4.add(sum, f32x4.mul(v128.load(dy + j * 4), v128.load(row + j * 4)));
      if (j < n) sum = f32x4.add(sum, f32x4.mul(get<f32>(dy + j * 4, n - j), get<f32>(row + j * 4, n - j)));
      const total: f32 =
        f32x4.extract_lane(sum, 0) +
        f32x4.extract_lane(sum, 1) +
        (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
      store<f32>(dx, total);
      dx += 4;
      row += n * 4;
    }
    dy += n * 4;
  }
}

@inline
function outer<Kind>(x: usize, k: i32, n: i32, dy: usize, rows: i32, lanes: i32, out: usize): void {
  let sum = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(x), get<Kind>(dy, lanes)));
    x += k * 4;
    dy += n * 4;
  }
  put<Kind>(out, sum, lanes);
}

/** dW = x^T dy. */
export function denseFilterBack(x: usize, dy: usize, rows: i32, k: i32, n: i32, dw: usize): void {
  for (let i = 0; i < k; i++) {
    let j = 0;
    for (; j <= n - 4; j += 4) outer<i32>(x + i * 4, k, n, dy + j * 4, rows, 4, dw + j * 4);
    if (j < n) outer<f32>(x + i * 4, k, n, dy + j * 4, rows, n - j, dw + j * 4);
    dw += n * 4;
  }
}
