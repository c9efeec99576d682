/** Group norm with scale, shift and SiLU: two looks at the image, the second of which writes it. */
import { siluRow } from './vector';

/** Pixels whose sums are taken in float32, before they are added up in float64. */
const RUN = 128;

/**
 * Of each channel a number near its mean, and the sums of what is left of it and of its square: [c][3] float64. c a multiple of 4.
 * @param sums room for two rows of c numbers
 */
export function moments(x: usize, pixels: i32, c: i32, out: usize, sums: usize): void {
  nearMeans(x, pixels, c, out);
  for (let begin = 0; begin < pixels; begin += RUN) {
    runSums(x + begin * c * 4, min(RUN, pixels - begin), c, out, sums);
    addRuns(sums, 1, c, out);
  }
}

/** The first part of `moments`: the numbers, and sums that are zero. */
export function nearMeans(x: usize, pixels: i32, c: i32, out: usize): void {
  const pixel = (c * 4) as usize;
  const sample = min(pixels, 64);
  const middle = x + ((pixels - sample) >> 1) * pixel;
  for (let i = 0; i < c; i += 4) {
    let near = f32x4.splat(0);
    for (let p = 0; p < sample; p++) near = f32x4.add(near, v128.load(middle + p * pixel + i * 4));
    near = f32x4.mul(near, f32x4.splat(1 / (sample as f32)));
    const to = out + i * 24;
    store<f64>(to, f32x4.extract_lane(near, 0));
    store<f64>(to + 24, f32x4.extract_lane(near, 1));
    store<f64>(to + 48, f32x4.extract_lane(near, 2));
    store<f64>(to + 72, f32x4.extract_lane(near, 3));
    for (let l = 0; l < 4; l++) {
      store<f64>(to + l * 24, 0, 8);
      store<f64>(to + l * 24, 0, 16);
    }
  }
}

/** The second part: of each run of pixels the sums in float32, [runs][2][c]. Any pixels that begin at a run. */
export function runSums(x: usize, pixels: i32, c: i32, out: usize, sums: usize): void {
  const pixel = (c * 4) as usize;
  for (let begin = 0; begin < pixels; begin += RUN) {
    const count = min(RUN, pixels - begin);
    for (let i = 0; i < c; i += 4) {
      const to = out + i * 24;
      const near = f32x4(
        load<f64>(to) as f32,
        load<f64>(to + 24) as f32,
        load<f64>(to + 48) as f32,
        load<f64>(to + 72) as f32,
      );
      let from = x + begin * pixel + i * 4;
      let sum = f32x4.splat(0);
      let squares = f32x4.splat(0);
      for (let p = 0; p < count; p++) {
        const d = f32x4.sub(v128.load(from), near);
        sum = f32x4.add(sum, d);
        squares = f32x4.add(squares, f32x4.mul(d, d));
        from += pixel;
      }
      v128.store(sums + i * 4, sum);
      v128.store(sums + pixel + i * 4, squares);
    }
    sums += 2 * pixel;
  }
}

/** The third part: the runs' sums in float64, in their order. */
export function addRuns(sums: usize, runs: i32, c: i32, out: usize): void {
  const row = (c * 4) as usize;
  for (let r = 0; r < runs; r++) {
    let to = out;
    for (let at: usize = 0; at < row; at += 4) {
      store<f64>(to, load<f64>(to, 8) + load<f32>(sums + at), 8);
      store<f64>(to, load<f64>(to, 16) + load<f32>(sums + row + at), 16);
      to += 24;
    }
    sums += 2 * row;
  }
}

/**
 * Group norm, scale and shift as one line a channel: norm(x) scale + shift = x a + b.
 * @param moments of all c channels
 */
export function normLine(
  moments: usize,
  pixels: i32,
  c: i32,
  groups: i32,
  epsilon: f64,
  scale: usize,
  shift: usize,
  a: usize,
  b: usize,
): void {
  const size = c / groups;
  for (let g = 0; g < groups; g++) {
    let mean: f64 = 0;
    for (let i = g * size; i < (g + 1) * size; i++) {
      const at = moments + i * 24;
      mean += load<f64>(at) + load<f64>(at, 8) / pixels;
    }
    mean /= size;
    let variance: f64 = 0;
    for (let i = g * size; i < (g + 1) * size; i++) {
      const at = moments + i * 24;
      const offset = load<f64>(at, 8) / pixels;
      const own = load<f64>(at, 16) / pixels - offset * offset;
      const away = load<f64>(at) + offset - mean;
      variance += own + away * away;
    }
    const inverse = 1 / sqrt<f64>(max(variance, 0) / size + epsilon);
    for (let i = g * size; i < (g + 1) * size; i++) {
      const factor = inverse * load<f32>(scale + i * 4);
      store<f32>(a + i * 4, factor as f32);
      store<f32>(b + i * 4, (load<f32>(shift + i * 4) - mean * factor) as f32);
    }
  }
}

/** silu(x a + b) into an image of rows of outRow and pixels of outPixel bytes. c a multiple of 4. */
export function lineSilu(
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  a: usize,
  b: usize,
  out: usize,
  outPixel: usize,
  outRow: usize,
): void {
  const pixel = (c * 4) as usize;
  for (let y = 0; y < height; y++) {
    siluRow(x, pixel, width, a, b, out, outPixel);
    x += width * pixel;
    out += outRow;
  }
}

/** x a + b, as `lineSilu`. */
export function line(
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  a: usize,
  b: usize,
  out: usize,
  outPixel: usize,
  outRow: usize,
): void {
  const pixel = (c * 4) as usize;
  for (let y = 0; y < height; y++) {
    let to = out + y * outRow;
    for (let i = 0; i < width; i++) {
      for (let at: usize = 0; at < pixel; at += 16)
        v128.store(to + at, f32x4.add(f32x4.mul(v128.load(x + at), v128.load(a + at)), v128.load(b + at)));
      x += pixel;
      to += outPixel;
    }
  }
}
