/** Group norm with scale, shift and SiLU: two looks at the image, the second of which writes it. */
import { siluRow } from './vector';

/** Pixels whose sums are taken in float32, before they are added up in float64. */
const RUN = 128;

/** Of four channels a number near their means. */
@inline
function nearMean(x: usize, pixel: usize, pixels: i32): v128 {
  const sample = min(pixels, 16);
  let from = x + ((pixels - sample) >> 1) * pixel;
  let near = f32x4.splat(0);
  for (let p = 0; p < sample; p++) {
    near = f32x4.add(near, v128.load(from));
    from += pixel;
  }
  return f32x4.mul(near, f32x4.splat(1 / (sample as f32)));
}

/**
 * Of each run of pixels and each channel the sums of what is left of a number near its mean, and of its square: [runs][2][c]. c a
 * multiple of 4.
 * @param near room for c numbers
 * @param firstRun, endRun the runs that are made
 */
export function runSums(x: usize, pixels: i32, c: i32, near: usize, sums: usize, firstRun: i32, endRun: i32): void {
  const pixel = (c * 4) as usize;
  for (let at: usize = 0; at < pixel; at += 16) v128.store(near + at, nearMean(x + at, pixel, pixels));
  sums += 2 * pixel * firstRun;
  for (let run = firstRun; run < endRun; run++) {
    const begin = run * RUN;
    const count = min(RUN, pixels - begin);
    for (let at: usize = 0; at < pixel; at += 16) {
      const about = v128.load(near + at);
      let from = x + begin * pixel + at;
      let sum = f32x4.splat(0);
      let squares = f32x4.splat(0);
      for (let p = 0; p < count; p++) {
        const d = f32x4.sub(v128.load(from), about);
        sum = f32x4.add(sum, d);
        squares = f32x4.add(squares, f32x4.mul(d, d));
        from += pixel;
      }
      v128.store(sums + at, sum);
      v128.store(sums + pixel + at, squares);
    }
    sums += 2 * pixel;
  }
}

/** Of each channel the number near its mean and the runs' sums in float64, in their order: [c][3] float64. */
export function addRuns(x: usize, pixels: i32, c: i32, sums: usize, out: usize): void {
  const pixel = (c * 4) as usize;
  const runs = (pixels + RUN - 1) / RUN;
  for (let at: usize = 0; at < pixel; at += 16) {
    const near = nearMean(x + at, pixel, pixels);
    let from = sums + at;
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let lowSquares = f64x2.splat(0);
    let highSquares = f64x2.splat(0);
    for (let r = 0; r < runs; r++) {
      const sum = v128.load(from);
      const squares = v128.load(from + pixel);
      low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
      high = f64x2.add(high, f64x2.promote_low_f32x4(upper(sum)));
      lowSquares = f64x2.add(lowSquares, f64x2.promote_low_f32x4(squares));
      highSquares = f64x2.add(highSquares, f64x2.promote_low_f32x4(upper(squares)));
      from += 2 * pixel;
    }
    moment(out, f32x4.extract_lane(near, 0), f64x2.extract_lane(low, 0), f64x2.extract_lane(lowSquares, 0));
    moment(out + 24, f32x4.extract_lane(near, 1), f64x2.extract_lane(low, 1), f64x2.extract_lane(lowSquares, 1));
    moment(out + 48, f32x4.extract_lane(near, 2), f64x2.extract_lane(high, 0), f64x2.extract_lane(highSquares, 0));
    moment(out + 72, f32x4.extract_lane(near, 3), f64x2.extract_lane(high, 1), f64x2.extract_lane(highSquares, 1));
    out += 96;
  }
}

@inline
function upper(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

@inline
function moment(out: usize, near: f64, sum: f64, squares: f64): void {
  store<f64>(out, near);
  store<f64>(out, sum, 8);
  store<f64>(out, squares, 16);
}

/**
 * Group norm, scale and shift as one line a channel: norm(x) scale + shift = x a + b.
 * @param moments [c][3], of `addRuns`
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
