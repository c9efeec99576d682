/** Four float32 at a time. */

/** a b + c. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Always 1, but the compiler cannot know: it would put a constant of four numbers together anew wherever a loop uses it. */
export let one: f32 = 1;

/** Four times a number, made once where it is called: outside of a loop. */
@inline
export function constant(value: f32): v128 {
  return f32x4.splat(one * value);
}

// 1.5 2^23: what is added to it is rounded to a whole number, which then are its last bits.
const WHOLE: f32 = 12582912;

/** e^x within 2 units in the last place, x from -87 to 88, by Cody and Waite's reduction and Cephes' polynomial. */
@inline
export function exp4(
  x: v128,
  log2e: v128,
  whole: v128,
  ln2High: v128,
  ln2Low: v128,
  p0: v128,
  p1: v128,
  p2: v128,
  p3: v128,
  p4: v128,
  p5: v128,
  unit: v128,
  bias: v128,
): v128 {
  const rounded = f32x4.add(f32x4.mul(x, log2e), whole);
  const n = f32x4.sub(rounded, whole);
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, ln2High)), f32x4.mul(n, ln2Low));
  let p = f32x4.add(f32x4.mul(p0, r), p1);
  p = f32x4.add(f32x4.mul(p, r), p2);
  p = f32x4.add(f32x4.mul(p, r), p3);
  p = f32x4.add(f32x4.mul(p, r), p4);
  p = f32x4.add(f32x4.mul(p, r), p5);
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), unit);
  return f32x4.mul(p, i32x4.shl(i32x4.add(rounded, bias), 23));
}

/** e^x of one number. */
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(expOf(f32x4.splat(x)), 0);
}

/** e^x of four numbers, where no loop is hot. */
export function expOf(value: v128): v128 {
  return exp4(
    f32x4.pmax(f32x4.pmin(value, f32x4.splat(88)), f32x4.splat(-87)),
    f32x4.splat(1.44269504),
    f32x4.splat(WHOLE),
    f32x4.splat(0.693359375),
    f32x4.splat(-2.12194440e-4),
    f32x4.splat(1.98756915e-4),
    f32x4.splat(1.39819995e-3),
    f32x4.splat(8.33345191e-3),
    f32x4.splat(4.16657959e-2),
    f32x4.splat(0.166666655),
    f32x4.splat(0.5),
    f32x4.splat(1),
    i32x4.splat(127),
  );
}

/** silu(x a + b) = y / (1 + e^-y) of rows: `count` pixels of `pixel` bytes, to pixels `outPixel` bytes apart. */
export function siluRow(x: usize, pixel: usize, count: i32, a: usize, b: usize, out: usize, outPixel: usize): void {
  const log2e = constant(1.44269504);
  const whole = constant(WHOLE);
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
  // Channels outside: their line stays in registers.
  for (let at: usize = 0; at < pixel; at += 16) {
    const a4 = v128.load(a + at);
    const b4 = v128.load(b + at);
    let from = x + at;
    let to = out + at;
    for (let i = 0; i < count; i++) {
      const y = f32x4.add(f32x4.mul(v128.load(from), a4), b4);
      const e = exp4(
        f32x4.pmax(f32x4.pmin(f32x4.sub(nothing, y), most), least),
        log2e,
        whole,
        ln2High,
        ln2Low,
        p0,
        p1,
        p2,
        p3,
        p4,
        p5,
        unit,
        bias,
      );
      v128.store(to, f32x4.div(y, f32x4.add(unit, e)));
      from += pixel;
      to += outPixel;
    }
  }
}
