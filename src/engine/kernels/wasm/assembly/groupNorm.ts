/**
 * Group norm, scale, shift and an activation of images [pixels][c] of any c, and its gradient. The activation is SiLU, or u where positive
 * and slope u elsewhere: nothing where the slope is 1, ReLU where it is 0.
 */
import { addTo, get, getSome, put, putSome } from './lanes';
import { constant, exp4, one } from './vector';

/** Pixels whose sums are taken in float32, before they are added up in float64; so many lie in a processor's own cache. */
const RUN = 128;

/**
 * Numbers of each channel that the gradient takes over: mean and 1/std of its group, what corrects the latter's own gradient, and what
 * rounding has left of the mean, by which all pixels of a channel would be off together.
 */
const MEAN = 0;
const INVERSE = 1;
const CORRECTION = 2;
const REST = 3;
const STATISTICS = 4;

@inline
function nearSum<Kind>(x: usize, pixel: usize, count: i32, lanes: i32): v128 {
  let sum = f32x4.splat(0);
  for (let p = 0; p < count; p++) {
    sum = f32x4.add(sum, get<Kind>(x, lanes));
    x += pixel;
  }
  return sum;
}

@inline
function runSums<Kind>(x: usize, pixel: usize, count: i32, lanes: i32, near: v128, to: usize, c: i32): void {
  let sum = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let p = 0; p < count; p++) {
    const d = f32x4.sub(get<Kind>(x, lanes), near);
    sum = f32x4.add(sum, d);
    squares = f32x4.add(squares, f32x4.mul(d, d));
    x += pixel;
  }
  addTo(to, sum, lanes);
  addTo(to + c * 8, squares, lanes);
}

/** Two rows of c float64. */
@inline
function clearSums(sums: usize, c: i32, first: i32, last: i32): void {
  memory.fill(sums + first * 8, 0, (last - first) * 8);
  memory.fill(sums + (c + first) * 8, 0, (last - first) * 8);
}

/**
 * @param first, last the channels that are looked at: from a multiple of 4 to another one or c, whole groups
 * @param work [2][c] float64, then [c] float32: sums about a number near each channel's mean, and that number
 * @param isLayer the unbiased std plus epsilon divides (layerNorm in networks/layers.ts), not the root of the biased variance plus epsilon
 * @param stats [STATISTICS][c]
 */
function statistics(
  x: usize,
  pixels: i32,
  c: i32,
  groups: i32,
  epsilon: f64,
  isLayer: bool,
  first: i32,
  last: i32,
  work: usize,
  stats: usize,
): void {
  const pixel = (c * 4) as usize;
  const near = work + c * 16;
  const sample = min(pixels, 16);
  const middle = x + ((pixels - sample) >> 1) * pixel;
  clearSums(work, c, first, last);
  for (let i = first; i < last; i += 4) {
    const lanes = c - i;
    const at = (i * 4) as usize;
    const sum =
      lanes >= 4 ? nearSum<i32>(middle + at, pixel, sample, 4) : nearSum<f32>(middle + at, pixel, sample, lanes);
    putSome(near + at, f32x4.div(sum, f32x4.splat(sample as f32)), lanes);
  }
  for (let begin = 0; begin < pixels; begin += RUN) {
    const count = min(RUN, pixels - begin);
    const from = x + begin * pixel;
    for (let i = first; i < last; i += 4) {
      const lanes = c - i;
      const at = (i * 4) as usize;
      const to = work + i * 8;
      const about = getSome(near + at, lanes);
      if (lanes >= 4) runSums<i32>(from + at, pixel, count, 4, about, to, c);
      else runSums<f32>(from + at, pixel, count, lanes, about, to, c);
    }
  }
  const size = c / groups;
  const numbers = (size as f64) * pixels;
  for (let g = first / size; g * size < last; g++) {
    let mean: f64 = 0;
    for (let i = g * size; i < (g + 1) * size; i++)
      mean += load<f32>(near + i * 4) + load<f64>(work + i * 8) / pixels;
    mean /= size;
    let variance: f64 = 0;
    for (let i = g * size; i < (g + 1) * size; i++) {
      const offset = load<f64>(work + i * 8) / pixels;
      const own = load<f64>(work + (c + i) * 8) / pixels - offset * offset;
      const away = load<f32>(near + i * 4) + offset - mean;
      variance += own + away * away;
    }
    variance = max(variance, 0) / size;
    let below = sqrt<f64>(variance + epsilon);
    let correction: f64 = 1;
    if (isLayer) {
      const deviation = sqrt<f64>((variance * numbers) / (numbers - 1));
      below = deviation + epsilon;
      correction = (numbers / (numbers - 1)) * (below / deviation);
    }
    for (let i = g * size; i < (g + 1) * size; i++) {
      const at = stats + i * 4;
      store<f32>(at + MEAN * pixel, mean as f32);
      store<f32>(at + INVERSE * pixel, (1 / below) as f32);
      store<f32>(at + CORRECTION * pixel, correction as f32);
      store<f32>(at + REST * pixel, (mean - (mean as f32)) as f32);
    }
  }
}

@inline
function bySlope<Kind>(
  x: usize,
  pixel: usize,
  count: i32,
  lanes: i32,
  mean: v128,
  factor: v128,
  shift: v128,
  slope: v128,
  out: usize,
): void {
  const zero = f32x4.splat(0);
  for (let p = 0; p < count; p++) {
    const u = f32x4.add(f32x4.mul(f32x4.sub(get<Kind>(x, lanes), mean), factor), shift);
    put<Kind>(out, v128.bitselect(u, f32x4.mul(u, slope), f32x4.gt(u, zero)), lanes);
    x += pixel;
    out += pixel;
  }
}

/** 1 / (1 + e^-u) on the numbers from u on, whose constants are made outside of the loop. */
@inline
function sigmoids<Kind>(
  x: usize,
  pixel: usize,
  count: i32,
  lanes: i32,
  mean: v128,
  factor: v128,
  shift: v128,
  out: usize,
): void {
  const log2e = constant(1.44269504);
  const whole = constant(12582912);
  const ln2High = constant(0.693359375);
  const ln2Low = constant(-2.12194440e-4);
  const p0 = constant(1.98756915e-4);
  const p1 = constant(1.39819995e-3);
  const p2 = constant(8.33345191e-3);
  const p3 = constant(4.16657959e-2);
  const p4 = constant(0.166666655);
  const p5 = constant(0.5);
  const unit = constant(1);
  const bias = i32x4.splat((one as i32) * 127);
  const most = constant(87);
  const least = constant(-87);
  const nothing = constant(0);
  for (let p = 0; p < count; p++) {
    const u = f32x4.add(f32x4.mul(f32x4.sub(get<Kind>(x, lanes), mean), factor), shift);
    const y = f32x4.pmax(f32x4.pmin(f32x4.sub(nothing, u), most), least);
    const e = exp4(y, log2e, whole, ln2High, ln2Low, p0, p1, p2, p3, p4, p5, unit, bias);
    put<Kind>(out, f32x4.div(u, f32x4.add(unit, e)), lanes);
    x += pixel;
    out += pixel;
  }
}

/** Of a norm without scale and shift, whose addresses are 0. */
@inline
function scaleAt(scale: usize, at: usize, lanes: i32): v128 {
  return scale ? getSome(scale + at, lanes) : f32x4.splat(1);
}

@inline
function shiftAt(shift: usize, at: usize, lanes: i32): v128 {
  return shift ? getSome(shift + at, lanes) : f32x4.splat(0);
}

/** Of u = (x - mean) factor + shift, with what is left of the mean. */
@inline
function shiftWithRest(shift: usize, stats: usize, pixel: usize, factor: v128, at: usize, lanes: i32): v128 {
  const rest = getSome(stats + at + REST * pixel, lanes);
  return f32x4.sub(shiftAt(shift, at, lanes), f32x4.mul(rest, factor));
}

/**
 * @param scale, shift [c] each; of the next image `step` bytes further, 0 where all have the same; addresses 0: none
 * @param out as x; stats [batch][STATISTICS][c]; work 20 c bytes, of which each channel has its own
 * @param first, last the channels that are made, as in `statistics`
 */
export function groupNorm(
  x: usize,
  batch: i32,
  pixels: i32,
  c: i32,
  groups: i32,
  epsilon: f64,
  isLayer: bool,
  scale: usize,
  shift: usize,
  step: usize,
  isSilu: bool,
  slope: f32,
  out: usize,
  stats: usize,
  work: usize,
  first: i32,
  last: i32,
): void {
  const pixel = (c * 4) as usize;
  const slope4 = f32x4.splat(slope);
  for (let b = 0; b < batch; b++) {
    statistics(x, pixels, c, groups, epsilon, isLayer, first, last, work, stats);
    for (let begin = 0; begin < pixels; begin += RUN) {
      const count = min(RUN, pixels - begin);
      for (let i = first; i < last; i += 4) {
        const lanes = c - i;
        const at = (i * 4) as usize;
        const mean = getSome(stats + at, lanes);
        const inverse = getSome(stats + at + INVERSE * pixel, lanes);
        const factor = f32x4.mul(inverse, scaleAt(scale, at, lanes));
        const add = shiftWithRest(shift, stats, pixel, factor, at, lanes);
        const from = x + begin * pixel + at;
        const to = out + begin * pixel + at;
        if (isSilu) {
          if (lanes >= 4) sigmoids<i32>(from, pixel, count, 4, mean, factor, add, to);
          else sigmoids<f32>(from, pixel, count, lanes, mean, factor, add, to);
        } else if (lanes >= 4) bySlope<i32>(from, pixel, count, 4, mean, factor, add, slope4, to);
        else bySlope<f32>(from, pixel, count, lanes, mean, factor, add, slope4, to);
      }
    }
    x += pixels * pixel;
    out += pixels * pixel;
    stats += STATISTICS * pixel;
    if (scale) scale += step;
    if (shift) shift += step;
  }
}

/** g = dy times the activation's slope at u, and its sums and those of g n, with n the normalised x. */
@inline
function slopesBack<Kind>(
  x: usize,
  dy: usize,
  pixel: usize,
  count: i32,
  lanes: i32,
  mean: v128,
  inverse: v128,
  factor: v128,
  shift: v128,
  slope: v128,
  out: usize,
  sums: usize,
  c: i32,
): void {
  const zero = f32x4.splat(0);
  let sum = f32x4.splat(0);
  let products = f32x4.splat(0);
  for (let p = 0; p < count; p++) {
    const d = f32x4.sub(get<Kind>(x, lanes), mean);
    const u = f32x4.add(f32x4.mul(d, factor), shift);
    const given = get<Kind>(dy, lanes);
    const g = v128.bitselect(given, f32x4.mul(given, slope), f32x4.gt(u, zero));
    sum = f32x4.add(sum, g);
    products = f32x4.add(products, f32x4.mul(g, d));
    put<Kind>(out, g, lanes);
    x += pixel;
    dy += pixel;
    out += pixel;
  }
  addTo(sums, sum, lanes);
  addTo(sums + c * 8, f32x4.mul(products, inverse), lanes);
}

@inline
function siluBack<Kind>(
  x: usize,
  dy: usize,
  pixel: usize,
  count: i32,
  lanes: i32,
  mean: v128,
  inverse: v128,
  factor: v128,
  shift: v128,
  out: usize,
  sums: usize,
  c: i32,
): void {
  const log2e = constant(1.44269504);
  const whole = constant(12582912);
  const ln2High = constant(0.693359375);
  const ln2Low = constant(-2.12194440e-4);
  const p0 = constant(1.98756915e-4);
  const p1 = constant(1.39819995e-3);
  const p2 = constant(8.33345191e-3);
  const p3 = constant(4.16657959e-2);
  const p4 = constant(0.166666655);
  const p5 = constant(0.5);
  const unit = constant(1);
  const bias = i32x4.splat((one as i32) * 127);
  const most = constant(87);
  const least = constant(-87);
  const nothing = constant(0);
  let sum = f32x4.splat(0);
  let products = f32x4.splat(0);
  for (let p = 0; p < count; p++) {
    const d = f32x4.sub(get<Kind>(x, lanes), mean);
    const u = f32x4.add(f32x4.mul(d, factor), shift);
    const y = f32x4.pmax(f32x4.pmin(f32x4.sub(nothing, u), most), least);
    const e = exp4(y, log2e, whole, ln2High, ln2Low, p0, p1, p2, p3, p4, p5, unit, bias);
    const s = f32x4.div(unit, f32x4.add(unit, e));
    const slope = f32x4.mul(s, f32x4.add(unit, f32x4.mul(u, f32x4.sub(unit, s))));
    const g = f32x4.mul(get<Kind>(dy, lanes), slope);
    sum = f32x4.add(sum, g);
    products = f32x4.add(products, f32x4.mul(g, d));
    put<Kind>(out, g, lanes);
    x += pixel;
    dy += pixel;
    out += pixel;
  }
  addTo(sums, sum, lanes);
  addTo(sums + c * 8, f32x4.mul(products, inverse), lanes);
}

/** out = a out + b (x - mean) + d. */
@inline
function combine<Kind>(
  x: usize,
  pixel: usize,
  count: i32,
  lanes: i32,
  mean: v128,
  a: v128,
  b: v128,
  d: v128,
  out: usize,
): void {
  for (let p = 0; p < count; p++) {
    const away = f32x4.sub(get<Kind>(x, lanes), mean);
    put<Kind>(out, f32x4.add(f32x4.add(f32x4.mul(get<Kind>(out, lanes), a), f32x4.mul(away, b)), d), lanes);
    x += pixel;
    out += pixel;
  }
}

/**
 * dx = r (s g - mean(s g) - n k mean(s g n)), with n the normalised x, r = 1/std, s the scale, k the correction, means over the group.
 * @param stats of the forward pass
 * @param dscale, dshift [c] of the first image, laid out as scale and shift (one after the other where `step` is 0); zeros before; 0: none
 * @param work 28 c bytes, of which each channel has its own
 * @param first, last the channels that are made, as in `statistics`
 */
export function groupNormBack(
  x: usize,
  dy: usize,
  batch: i32,
  pixels: i32,
  c: i32,
  groups: i32,
  scale: usize,
  shift: usize,
  step: usize,
  isSilu: bool,
  slope: f32,
  stats: usize,
  dx: usize,
  dscale: usize,
  dshift: usize,
  work: usize,
  first: i32,
  last: i32,
): void {
  const pixel = (c * 4) as usize;
  const slope4 = f32x4.splat(slope);
  const terms = work + c * 16;
  const size = c / groups;
  const numbers = (size as f64) * pixels;
  for (let b = 0; b < batch; b++) {
    clearSums(work, c, first, last);
    for (let begin = 0; begin < pixels; begin += RUN) {
      const count = min(RUN, pixels - begin);
      for (let i = first; i < last; i += 4) {
        const lanes = c - i;
        const at = (i * 4) as usize;
        const mean = getSome(stats + at, lanes);
        const inverse = getSome(stats + at + INVERSE * pixel, lanes);
        const factor = f32x4.mul(inverse, scaleAt(scale, at, lanes));
        const add = shiftWithRest(shift, stats, pixel, factor, at, lanes);
        const place = begin * pixel + at;
        const sums = work + i * 8;
        if (isSilu) {
          if (lanes >= 4)
            siluBack<i32>(x + place, dy + place, pixel, count, 4, mean, inverse, factor, add, dx + place, sums, c);
          else
            siluBack<f32>(x + place, dy + place, pixel, count, lanes, mean, inverse, factor, add, dx + place, sums, c);
        } else if (lanes >= 4)
          slopesBack<i32>(x + place, dy + place, pixel, count, 4, mean, inverse, factor, add, slope4, dx + place, sums, c);
        else
          slopesBack<f32>(x + place, dy + place, pixel, count, lanes, mean, inverse, factor, add, slope4, dx + place, sums, c);
      }
    }
    for (let g = first / size; g * size < last; g++) {
      let sum: f64 = 0;
      let products: f64 = 0;
      for (let i = g * size; i < (g + 1) * size; i++) {
        const s: f64 = scale ? load<f32>(scale + i * 4) : 1;
        const r: f64 = load<f32>(stats + i * 4 + INVERSE * pixel);
        const rest: f64 = load<f32>(stats + i * 4 + REST * pixel);
        const own = load<f64>(work + (c + i) * 8) - rest * r * load<f64>(work + i * 8);
        store<f64>(work + (c + i) * 8, own);
        sum += s * load<f64>(work + i * 8);
        products += s * own;
      }
      sum /= numbers;
      products /= numbers;
      for (let i = g * size; i < (g + 1) * size; i++) {
        const s: f64 = scale ? load<f32>(scale + i * 4) : 1;
        const r: f64 = load<f32>(stats + i * 4 + INVERSE * pixel);
        const k: f64 = load<f32>(stats + i * 4 + CORRECTION * pixel);
        const at = terms + i * 4;
        store<f32>(at, (r * s) as f32);
        const away = -r * r * k * products;
        const rest: f64 = load<f32>(stats + i * 4 + REST * pixel);
        store<f32>(at + pixel, away as f32);
        store<f32>(at + 2 * pixel, (-r * sum - away * rest) as f32);
      }
    }
    for (let i = first; i < last; i++) {
      if (dscale) store<f32>(dscale + i * 4, load<f32>(dscale + i * 4) + (load<f64>(work + (c + i) * 8) as f32));
      if (dshift) store<f32>(dshift + i * 4, load<f32>(dshift + i * 4) + (load<f64>(work + i * 8) as f32));
    }
    for (let begin = 0; begin < pixels; begin += RUN) {
      const count = min(RUN, pixels - begin);
      for (let i = first; i < last; i += 4) {
        const lanes = c - i;
        const at = (i * 4) as usize;
        const mean = getSome(stats + at, lanes);
        const a = getSome(terms + at, lanes);
        const away = getSome(terms + at + pixel, lanes);
        const d = getSome(terms + at + 2 * pixel, lanes);
        const place = begin * pixel + at;
        if (lanes >= 4) combine<i32>(x + place, pixel, count, 4, mean, a, away, d, dx + place);
        else combine<f32>(x + place, pixel, count, lanes, mean, a, away, d, dx + place);
      }
    }
    x += pixels * pixel;
    dy += pixels * pixel;
    dx += pixels * pixel;
    stats += STATISTICS * pixel;
    if (scale) scale += step;
    if (shift) shift += step;
    if (dscale) dscale += step;
    if (dshift) dshift += step;
  }
}
