/** Number by number, n of them, to another place. */
import { get, put } from './lanes';
import { expOf } from './vector';

@inline
function leakyBackAt<Kind>(dy: usize, x: usize, slope: v128, out: usize, lanes: i32): void {
  const given = get<Kind>(dy, lanes);
  const isPositive = f32x4.gt(get<Kind>(x, lanes), f32x4.splat(0));
  put<Kind>(out, v128.bitselect(given, f32x4.mul(given, slope), isPositive), lanes);
}

/** dy where x is positive, slope dy elsewhere; leaky ReLU itself where dy is x. */
export function leakyBack(dy: usize, x: usize, n: i32, slope: f32, out: usize): void {
  const s = f32x4.splat(slope);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    leakyBackAt<i32>(dy + at, x + at, s, out + at, 4);
    at += 16;
  }
  if (n > 0) leakyBackAt<f32>(dy + at, x + at, s, out + at, n);
}

@inline
function sigmoid(x: v128): v128 {
  const unit = f32x4.splat(1);
  return f32x4.div(unit, f32x4.add(unit, expOf(f32x4.neg(x))));
}

@inline
function siluAt<Kind>(x: usize, out: usize, lanes: i32): void {
  const v = get<Kind>(x, lanes);
  put<Kind>(out, f32x4.mul(v, sigmoid(v)), lanes);
}

export function siluTo(x: usize, n: i32, out: usize): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    siluAt<i32>(x + at, out + at, 4);
    at += 16;
  }
  if (n > 0) siluAt<f32>(x + at, out + at, n);
}

@inline
function siluBackAt<Kind>(dy: usize, x: usize, out: usize, lanes: i32): void {
  const unit = f32x4.splat(1);
  const v = get<Kind>(x, lanes);
  const s = sigmoid(v);
  const slope = f32x4.mul(s, f32x4.add(unit, f32x4.mul(v, f32x4.sub(unit, s))));
  put<Kind>(out, f32x4.mul(get<Kind>(dy, lanes), slope), lanes);
}

/** dy times the slope of SiLU at x. */
export function siluBack(dy: usize, x: usize, n: i32, out: usize): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    siluBackAt<i32>(dy + at, x + at, out + at, 4);
    at += 16;
  }
  if (n > 0) siluBackAt<f32>(dy + at, x + at, out + at, n);
}

@inline
function sumAt<Kind>(x: usize, a: v128, y: usize, b: v128, out: usize, lanes: i32): void {
  put<Kind>(out, f32x4.add(f32x4.mul(get<Kind>(x, lanes), a), f32x4.mul(get<Kind>(y, lanes), b)), lanes);
}

/** a x + b y. */
export function weightedSum(x: usize, a: f32, y: usize, b: f32, n: i32, out: usize): void {
  const a4 = f32x4.splat(a);
  const b4 = f32x4.splat(b);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    sumAt<i32>(x + at, a4, y + at, b4, out + at, 4);
    at += 16;
  }
  if (n > 0) sumAt<f32>(x + at, a4, y + at, b4, out + at, n);
}

/** The same of `count` pairs, each told by four numbers: where x and y lie, how many numbers they are, where their sum goes. */
export function weightedSums(list: usize, count: i32, a: f32, b: f32): void {
  for (let i = 0; i < count; i++) {
    weightedSum(load<u32>(list), a, load<u32>(list, 4), b, load<i32>(list, 8), load<u32>(list, 12));
    list += 16;
  }
}

@inline
function scaledAt<Kind>(x: usize, by: v128, out: usize, lanes: i32): void {
  put<Kind>(out, f32x4.mul(get<Kind>(x, lanes), by), lanes);
}

export function scaled(x: usize, by: f32, n: i32, out: usize): void {
  const by4 = f32x4.splat(by);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    scaledAt<i32>(x + at, by4, out + at, 4);
    at += 16;
  }
  if (n > 0) scaledAt<f32>(x + at, by4, out + at, n);
}
