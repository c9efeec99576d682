/**
 * FIR [1,3,3,1] by 2, without zeros put in or taken out (networks/resample.ts). Channels a multiple of 4; rows in bytes. Rows from
 * `begin` to before `end` are made: of the smaller image, of the result where both are of one size.
 */
import { constant } from './vector';

/**
 * Up, gain 4: rows 2i and 2i+1 are (x[i-1] + 3 x[i])/4 and (3 x[i] + x[i+1])/4, columns alike, zeros outside.
 * @param out rows of outRow bytes, pixels of c numbers
 * @param zeros a row of width c zeros
 */
export function firUp(
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  out: usize,
  outRow: usize,
  zeros: usize,
  begin: i32,
  end: i32,
): void {
  const row = (width * c * 4) as usize;
  for (let y = begin; y < end; y++) {
    const own = x + y * row;
    upRow(own, y > 0 ? own - row : zeros, width, c, out + 2 * y * outRow);
    upRow(own, y < height - 1 ? own + row : zeros, width, c, out + (2 * y + 1) * outRow);
  }
}

@inline
function vertical(own: usize, other: usize, most: v128, quarter: v128): v128 {
  return f32x4.add(f32x4.mul(v128.load(own), most), f32x4.mul(v128.load(other), quarter));
}

function upRow(own: usize, other: usize, width: i32, c: i32, out: usize): void {
  const pixel = (c * 4) as usize;
  const quarter = constant(0.25);
  const most = constant(0.75);
  for (let at: usize = 0; at < pixel; at += 16) {
    let before = f32x4.splat(0);
    let here = vertical(own + at, other + at, most, quarter);
    let from = at + pixel;
    let to = out + at;
    for (let i = 1; i <= width; i++) {
      const next = i < width ? vertical(own + from, other + from, most, quarter) : f32x4.splat(0);
      const centre = f32x4.mul(here, most);
      v128.store(to, f32x4.add(f32x4.mul(before, quarter), centre));
      v128.store(to + pixel, f32x4.add(centre, f32x4.mul(next, quarter)));
      before = here;
      here = next;
      from += pixel;
      to += 2 * pixel;
    }
  }
}

@inline
function fourRows(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  at: usize,
  most: v128,
  eighth: v128,
): v128 {
  const outer = f32x4.add(v128.load(r0 + at), v128.load(r3 + at));
  const inner = f32x4.add(v128.load(r1 + at), v128.load(r2 + at));
  return f32x4.add(f32x4.mul(outer, eighth), f32x4.mul(inner, most));
}

/** Down: row i is (x[2i-1] + 3 x[2i] + 3 x[2i+1] + x[2i+2])/8, columns alike, zeros outside; height and width even. */
export function firDown(
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  out: usize,
  outRow: usize,
  zeros: usize,
  begin: i32,
  end: i32,
): void {
  const pixel = (c * 4) as usize;
  const row = width * pixel;
  const eighth = constant(0.125);
  const most = constant(0.375);
  out += begin * outRow;
  for (let y = 2 * begin; y < 2 * end; y += 2) {
    const r1 = x + y * row;
    const r2 = r1 + row;
    const r0 = y > 0 ? r1 - row : zeros;
    const r3 = y < height - 2 ? r2 + row : zeros;
    for (let at: usize = 0; at < pixel; at += 16) {
      let before = f32x4.splat(0);
      let here = fourRows(r0, r1, r2, r3, at, most, eighth);
      let from = at + pixel;
      let to = out + at;
      for (let i = 0; i < width; i += 2) {
        const next = fourRows(r0, r1, r2, r3, from, most, eighth);
        const last = i < width - 2 ? fourRows(r0, r1, r2, r3, from + pixel, most, eighth) : f32x4.splat(0);
        v128.store(
          to,
          f32x4.add(
            f32x4.mul(f32x4.add(before, last), eighth),
            f32x4.mul(f32x4.add(here, next), most),
          ),
        );
        before = next;
        here = last;
        from += 2 * pixel;
        to += pixel;
      }
    }
    out += outRow;
  }
}

/** At full rate with two zeros about: [height][width][c] -> [height + 1][width + 1][c]. */
export function firSmooth(
  x: usize,
  height: i32,
  width: i32,
  c: i32,
  out: usize,
  zeros: usize,
  begin: i32,
  end: i32,
): void {
  const pixel = (c * 4) as usize;
  const row = width * pixel;
  const eighth = constant(0.125);
  const most = constant(0.375);
  out += begin * (width + 1) * pixel;
  for (let y = begin; y < end; y++) {
    const own = x + y * row;
    const r0 = y > 1 ? own - 2 * row : zeros;
    const r1 = y > 0 ? own - row : zeros;
    const r2 = y < height ? own : zeros;
    const r3 = y < height - 1 ? own + row : zeros;
    for (let at: usize = 0; at < pixel; at += 16) {
      let v0 = f32x4.splat(0);
      let v1 = f32x4.splat(0);
      let v2 = fourRows(r0, r1, r2, r3, at, most, eighth);
      let from = at + pixel;
      let to = out + at;
      for (let i = 0; i <= width; i++) {
        const v3 = i < width - 1 ? fourRows(r0, r1, r2, r3, from, most, eighth) : f32x4.splat(0);
        v128.store(
          to,
          f32x4.add(f32x4.mul(f32x4.add(v0, v3), eighth), f32x4.mul(f32x4.add(v1, v2), most)),
        );
        v0 = v1;
        v1 = v2;
        v2 = v3;
        from += pixel;
        to += pixel;
      }
    }
    out += (width + 1) * pixel;
  }
}
