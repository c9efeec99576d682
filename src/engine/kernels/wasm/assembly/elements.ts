/** Number by number, and row by row. */
import { exp1, expOf } from './vector';

/** silu of n numbers, in place. */
export function silu(x: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const v = load<f32>(x + i * 4);
    store<f32>(x + i * 4, v / (1 + exp1(-v)));
  }
}

/** x W + b of one row x: W [k][n], b and out n numbers. */
export function dense(x: usize, w: usize, b: usize, k: i32, n: i32, out: usize): void {
  if (out != b) memory.copy(out, b, n * 4);
  for (let i = 0; i < k; i++) {
    const v = load<f32>(x + i * 4);
    const v4 = f32x4.splat(v);
    let j = 0;
    for (; j <= n - 4; j += 4) {
      const at = (j * 4) as usize;
      v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(v4, v128.load(w + at))));
    }
    for (; j < n; j++) {
      const at = (j * 4) as usize;
      store<f32>(out + at, load<f32>(out + at) + v * load<f32>(w + at));
    }
    w += n * 4;
  }
}

/** Softmax of each row of n numbers times `scale`, in place. */
export function softmax(x: usize, rows: i32, n: i32, scale: f32): void {
  const s = f32x4.splat(scale);
  for (let r = 0; r < rows; r++) {
    let largest: f32 = load<f32>(x);
    for (let i = 1; i < n; i++) largest = max(largest, load<f32>(x + i * 4));
    const top = largest * scale;
    const top4 = f32x4.splat(top);
    let sums = f32x4.splat(0);
    let sum: f32 = 0;
    let i = 0;
    for (; i <= n - 4; i += 4) {
      const e = expOf(f32x4.sub(f32x4.mul(v128.load(x + i * 4), s), top4));
      sums = f32x4.add(sums, e);
      v128.store(x + i * 4, e);
    }
    for (; i < n; i++) {
      const e = exp1(load<f32>(x + i * 4) * scale - top);
      sum += e;
      store<f32>(x + i * 4, e);
    }
    sum +=
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      f32x4.extract_lane(sums, 2) +
      f32x4.extract_lane(sums, 3);
    const inverse = f32x4.splat(1 / sum);
    for (i = 0; i <= n - 4; i += 4) v128.store(x + i * 4, f32x4.mul(v128.load(x + i * 4), inverse));
    for (; i < n; i++) store<f32>(x + i * 4, load<f32>(x + i * 4) / sum);
    x += n * 4;
  }
}

/** x scale + offset and the same of y as pixels (x, y, 0, 0); y may be 0: none. n pixels. */
export function pairs(x: usize, y: usize, n: i32, scale: f32, offset: f32, out: usize): void {
  for (let i = 0; i < n; i++) {
    store<f32>(out, load<f32>(x) * scale + offset);
    store<f32>(out, y ? load<f32>(y) * scale + offset : 0, 4);
    store<f64>(out, 0, 8);
    x += 4;
    if (y) y += 4;
    out += 16;
  }
}

/**
 * A 3x3 convolution to one channel, then tanh where it is asked for: out[height][width] of x [height+2][columns][c].
 * @param w [3][3][c], c a multiple of 4
 */
export function head(
  x: usize,
  height: i32,
  width: i32,
  columns: i32,
  c: i32,
  w: usize,
  bias: f32,
  tanh: bool,
  out: usize,
): void {
  const pixel = (c * 4) as usize;
  const row = columns * pixel;
  const run = pixel * 3;
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width; i++) {
      let from = x + i * pixel;
      let weights = w;
      let sum = f32x4.splat(0);
      for (let r = 0; r < 3; r++) {
        for (let at: usize = 0; at < run; at += 16)
          sum = f32x4.add(sum, f32x4.mul(v128.load(from + at), v128.load(weights + at)));
        from += row;
        weights += run;
      }
      const v: f32 =
        f32x4.extract_lane(sum, 0) +
        f32x4.extract_lane(sum, 1) +
        (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)) +
        bias;
      store<f32>(out, tanh ? 1 - 2 / (1 + exp1(2 * v)) : v);
      out += 4;
    }
    x += row;
  }
}

/** `adam` of `count` tensors, each told by eight numbers: where its p, m, v and g lie, how many numbers they are, where the new p, m, v go. */
export function adamAll(
  list: usize,
  count: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  root: f32,
  epsilon: f32,
  step: f32,
  decay: f32,
): void {
  for (let i = 0; i < count; i++) {
    adam(
      load<u32>(list),
      load<u32>(list, 4),
      load<u32>(list, 8),
      load<u32>(list, 12),
      load<i32>(list, 16),
      beta1,
      rest1,
      beta2,
      rest2,
      root,
      epsilon,
      step,
      decay,
      load<u32>(list, 20),
      load<u32>(list, 24),
      load<u32>(list, 28),
    );
    list += 32;
  }
}

/**
 * One update of Adam (training/adam.ts): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g g, p = p - step m / (root sqrt(v) + epsilon), with
 * decay p added to g first.
 */
function adam(
  p: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  root: f32,
  epsilon: f32,
  step: f32,
  decay: f32,
  newP: usize,
  newM: usize,
  newV: usize,
): void {
  const b1 = f32x4.splat(beta1);
  const r1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2);
  const r2 = f32x4.splat(rest2);
  let i: i32 = 0;
  for (; i <= n - 4; i += 4) {
    const at = (i * 4) as usize;
    const p4 = v128.load(p + at);
    const g4 = f32x4.add(v128.load(g + at), f32x4.mul(p4, f32x4.splat(decay)));
    const m4 = f32x4.add(f32x4.mul(v128.load(m + at), b1), f32x4.mul(g4, r1));
    const v4 = f32x4.add(f32x4.mul(v128.load(v + at), b2), f32x4.mul(f32x4.mul(g4, g4), r2));
    const below = f32x4.add(f32x4.mul(f32x4.sqrt(v4), f32x4.splat(root)), f32x4.splat(epsilon));
    v128.store(newM + at, m4);
    v128.store(newV + at, v4);
    v128.store(newP + at, f32x4.sub(p4, f32x4.mul(f32x4.div(m4, below), f32x4.splat(step))));
  }
  for (; i < n; i++) {
    const at = (i * 4) as usize;
    const p1 = load<f32>(p + at);
    const g1 = load<f32>(g + at) + p1 * decay;
    const m1 = load<f32>(m + at) * beta1 + g1 * rest1;
    const v1 = load<f32>(v + at) * beta2 + g1 * g1 * rest2;
    store<f32>(newM + at, m1);
    store<f32>(newV + at, v1);
    store<f32>(newP + at, p1 - (m1 / (sqrt<f32>(v1) * root + epsilon)) * step);
  }
}
