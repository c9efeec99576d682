/**
 * The one loop that multiplies: a convolution of any kernel and stride over an image that has its border of zeros already. The `kw`
 * pixels that a row of the kernel sees lie side by side, so that a kernel is `kh` runs of kw c numbers; a matrix product is a kernel of
 * one run. Weights come as panels of eight columns, [ceil(n / 8)][kh][run][8], zeros behind the last column.
 */
import { madd } from './vector';

@inline
function finish(acc: v128, c: usize, columns: i32, bias: usize, residual: usize, scale: v128): void {
  let y = acc;
  if (bias) y = f32x4.add(y, v128.load(bias));
  if (columns >= 4) {
    if (residual) y = f32x4.add(y, v128.load(residual));
    v128.store(c, f32x4.mul(y, scale));
    return;
  }
  if (columns <= 0) return;
  put(c, f32x4.extract_lane(y, 0), residual, f32x4.extract_lane(scale, 0), 0);
  if (columns > 1) put(c, f32x4.extract_lane(y, 1), residual, f32x4.extract_lane(scale, 0), 4);
  if (columns > 2) put(c, f32x4.extract_lane(y, 2), residual, f32x4.extract_lane(scale, 0), 8);
}

@inline
function put(c: usize, value: f32, residual: usize, scale: f32, at: usize): void {
  const y = residual ? value + load<f32>(residual + at) : value;
  store<f32>(c + at, y * scale);
}

/** Four pixels, eight columns. */
function tile4(
  a: usize,
  aPixel: usize,
  aRow: usize,
  kh: i32,
  run: i32,
  b: usize,
  c: usize,
  cPixel: usize,
  columns: i32,
  bias: usize,
  residual: usize,
  scale: f32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (let y = 0; y < kh; y++) {
    let a0 = a;
    let a1 = a0 + aPixel;
    let a2 = a1 + aPixel;
    let a3 = a2 + aPixel;
    a += aRow;
    let k = run;
    for (; k >= 2; k -= 2) {
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      let x = v128.load_splat<f32>(a0);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      x = v128.load_splat<f32>(a1);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      x = v128.load_splat<f32>(a2);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      x = v128.load_splat<f32>(a3);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      b0 = v128.load(b, 32);
      b1 = v128.load(b, 48);
      x = v128.load_splat<f32>(a0, 4);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      x = v128.load_splat<f32>(a1, 4);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      x = v128.load_splat<f32>(a2, 4);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      x = v128.load_splat<f32>(a3, 4);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
      b += 64;
    }
    if (k) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load_splat<f32>(a0);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      x = v128.load_splat<f32>(a1);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      x = v128.load_splat<f32>(a2);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      x = v128.load_splat<f32>(a3);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      b += 32;
    }
  }
  const s = f32x4.splat(scale);
  const high: usize = bias ? bias + 16 : 0;
  finish(c00, c, columns, bias, residual, s);
  finish(c01, c + 16, columns - 4, high, residual ? residual + 16 : 0, s);
  c += cPixel;
  if (residual) residual += cPixel;
  finish(c10, c, columns, bias, residual, s);
  finish(c11, c + 16, columns - 4, high, residual ? residual + 16 : 0, s);
  c += cPixel;
  if (residual) residual += cPixel;
  finish(c20, c, columns, bias, residual, s);
  finish(c21, c + 16, columns - 4, high, residual ? residual + 16 : 0, s);
  c += cPixel;
  if (residual) residual += cPixel;
  finish(c30, c, columns, bias, residual, s);
  finish(c31, c + 16, columns - 4, high, residual ? residual + 16 : 0, s);
}

/** One pixel, eight columns: what four do not divide. */
function tile1(
  a: usize,
  aRow: usize,
  kh: i32,
  run: i32,
  b: usize,
  c: usize,
  columns: i32,
  bias: usize,
  residual: usize,
  scale: f32,
): void {
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  for (let y = 0; y < kh; y++) {
    let a0 = a;
    a += aRow;
    for (let k = 0; k < run; k++) {
      const x = v128.load_splat<f32>(a0);
      c0 = madd(x, v128.load(b), c0);
      c1 = madd(x, v128.load(b, 16), c1);
      a0 += 4;
      b += 32;
    }
  }
  const s = f32x4.splat(scale);
  finish(c0, c, columns, bias, residual, s);
  finish(c1, c + 16, columns - 4, bias ? bias + 16 : 0, residual ? residual + 16 : 0, s);
}

/**
 * c[y][x][..n] = (sum over kh runs at a + y strideY + x aPixel + row aRow, times b, + bias + residual) scale. Steps in bytes.
 * @param bias ceil8(n) numbers, or 0
 * @param residual laid out as c (it may be c itself), or 0
 */
export function product(
  a: usize,
  aPixel: usize,
  strideY: usize,
  aRow: usize,
  kh: i32,
  run: i32,
  b: usize,
  c: usize,
  cPixel: usize,
  cRow: usize,
  height: i32,
  width: i32,
  n: i32,
  bias: usize,
  residual: usize,
  scale: f32,
): void {
  const panel = (kh * run * 32) as usize;
  for (let y = 0; y < height; y++) {
    let panelOf = b;
    for (let j = 0; j < n; j += 8) {
      const columns = n - j;
      const at = (j * 4) as usize;
      const biasOf: usize = bias ? bias + at : 0;
      let pixel = a;
      let out = c + at;
      let residualOf: usize = residual ? residual + at : 0;
      let x = 0;
      for (; x <= width - 4; x += 4) {
        tile4(pixel, aPixel, aRow, kh, run, panelOf, out, cPixel, columns, biasOf, residualOf, scale);
        pixel += 4 * aPixel;
        out += 4 * cPixel;
        if (residual) residualOf += 4 * cPixel;
      }
      for (; x < width; x++) {
        tile1(pixel, aRow, kh, run, panelOf, out, columns, biasOf, residualOf, scale);
        pixel += aPixel;
        out += cPixel;
        if (residual) residualOf += cPixel;
      }
      panelOf += panel;
    }
    a += strideY;
    c += cRow;
    if (residual) residual += cRow;
  }
}

/**
 * Panels of b[k][n], of which element (i, j) lies at i rowStep + j columnStep bytes; panels lie `step` bytes apart, 32 k where they hold
 * nothing else.
 */
export function packPanels(
  b: usize,
  rowStep: usize,
  columnStep: usize,
  k: i32,
  n: i32,
  out: usize,
  step: usize,
): void {
  for (let j = 0; j < n; j += 8) {
    const columns = n - j;
    let row = b + j * columnStep;
    let to = out;
    for (let i = 0; i < k; i++) {
      if (columns >= 8 && columnStep == 4) {
        v128.store(to, v128.load(row));
        v128.store(to, v128.load(row, 16), 16);
      } else {
        for (let l = 0; l < 8; l++) store<f32>(to + l * 4, l < columns ? load<f32>(row + l * columnStep) : 0);
      }
      to += 32;
      row += rowStep;
    }
    out += step;
  }
}
