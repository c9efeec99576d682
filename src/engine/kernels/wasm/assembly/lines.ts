/**
 * FIR [1,3,3,1] along one axis: images are `lines` of `length` places of `inner` numbers each, of any number. resample.ts does both axes at
 * once, for channels that 4 divides.
 */
import { get, put } from './lanes';

@inline
function at<Kind>(x: usize, place: i32, length: i32, step: usize, lanes: i32): v128 {
  return place >= 0 && place < length ? get<Kind>(x + place * step, lanes) : f32x4.splat(0);
}

@inline
function filterPlace<Kind>(
  x: usize,
  first: i32,
  length: i32,
  step: usize,
  outer: v128,
  inside: v128,
  out: usize,
  lanes: i32,
): void {
  const ends = f32x4.add(at<Kind>(x, first, length, step, lanes), at<Kind>(x, first + 3, length, step, lanes));
  const middle = f32x4.add(at<Kind>(x, first + 1, length, step, lanes), at<Kind>(x, first + 2, length, step, lanes));
  put<Kind>(out, f32x4.add(f32x4.mul(ends, outer), f32x4.mul(middle, inside)), lanes);
}

/** out[i] = (x[s] + 3 x[s+1] + 3 x[s+2] + x[s+3]) / 8, s = i stride - before, zeros outside. */
export function firLine(
  x: usize,
  lines: i32,
  length: i32,
  inner: i32,
  stride: i32,
  before: i32,
  out: usize,
  outLength: i32,
): void {
  const step = (inner * 4) as usize;
  const outer = f32x4.splat(0.125);
  const inside = f32x4.splat(0.375);
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < outLength; i++) {
      const first = i * stride - before;
      let j = 0;
      for (; j <= inner - 4; j += 4) filterPlace<i32>(x + j * 4, first, length, step, outer, inside, out + j * 4, 4);
      if (j < inner) filterPlace<f32>(x + j * 4, first, length, step, outer, inside, out + j * 4, inner - j);
      out += step;
    }
    x += length * step;
  }
}

@inline
function mixPlaces<Kind>(x: usize, i: i32, other: i32, length: i32, step: usize, out: usize, lanes: i32): void {
  const most = f32x4.mul(get<Kind>(x + i * step, lanes), f32x4.splat(0.75));
  const rest = f32x4.mul(at<Kind>(x, other, length, step, lanes), f32x4.splat(0.25));
  put<Kind>(out, f32x4.add(most, rest), lanes);
}

/** Up by 2, gain 2: out[2i] = (x[i-1] + 3 x[i]) / 4, out[2i+1] = (3 x[i] + x[i+1]) / 4, zeros outside. */
export function firSpread(x: usize, lines: i32, length: i32, inner: i32, out: usize): void {
  const step = (inner * 4) as usize;
  for (let l = 0; l < lines; l++) {
    for (let i = 0; i < 2 * length; i++) {
      const here = i >> 1;
      const other = i & 1 ? here + 1 : here - 1;
      let j = 0;
      for (; j <= inner - 4; j += 4) mixPlaces<i32>(x + j * 4, here, other, length, step, out + j * 4, 4);
      if (j < inner) mixPlaces<f32>(x + j * 4, here, other, length, step, out + j * 4, inner - j);
      out += step;
    }
    x += length * step;
  }
}
