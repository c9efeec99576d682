/** Sums of outer products: what weight gradients are made of. */
import { madd } from './vector';

function tile(a: usize, aStep: usize, b: usize, bStep: usize, count: i32, c: usize, cRow: usize): void {
  const r1 = c + cRow;
  const r2 = r1 + cRow;
  const r3 = r2 + cRow;
  let c00 = v128.load(c);
  let c01 = v128.load(c, 16);
  let c10 = v128.load(r1);
  let c11 = v128.load(r1, 16);
  let c20 = v128.load(r2);
  let c21 = v128.load(r2, 16);
  let c30 = v128.load(r3);
  let c31 = v128.load(r3, 16);
  for (let k = 0; k < count; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    a += aStep;
    b += bStep;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

/** c[m][n] += sum over count of a[.][m] b[.][n]; m a multiple of 4, n of 8, steps and rows in bytes. */
export function outerProducts(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  count: i32,
  c: usize,
  cRow: usize,
  m: i32,
  n: i32,
): void {
  for (let i = 0; i < m; i += 4) {
    for (let j = 0; j < n; j += 8)
      tile(a + i * 4, aStep, b + j * 4, bStep, count, c + i * cRow + j * 4, cRow);
  }
}

/**
 * Adds to dw[kh][kw][cin][cout8] what one image contributes to the gradient of a convolution's weights.
 * @param x with its border; dy [height][width][cout8]; cin a multiple of 4, steps in bytes, tap from one of dw to the next
 */
export function filterGradient(
  x: usize,
  xPixel: usize,
  xRow: usize,
  stride: i32,
  dy: usize,
  height: i32,
  width: i32,
  kh: i32,
  kw: i32,
  cin: i32,
  cout8: i32,
  dw: usize,
  tap: usize,
): void {
  const pixel = (cout8 * 4) as usize;
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++)
        outerProducts(
          x + (y * stride + i) * xRow + j * xPixel,
          stride * xPixel,
          dy + y * width * pixel,
          pixel,
          width,
          dw + (i * kw + j) * tap,
          pixel,
          cin,
          cout8,
        );
    }
  }
}
