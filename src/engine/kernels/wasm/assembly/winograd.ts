/**
 * Convolution 3x3 of stride 1 by Winograd's F(4x4, 3x3) (Lavin & Gray 2016) with the points 0, +-1/sqrt 2, +-sqrt 2, infinity: 36
 * products where 144 would be, and rounding a few times that of plain sums. Y = A'[(G w G') * (B' x B)]A.
 */
import { outerProducts } from './outerProducts';
import { product } from './product';
import { madd } from './vector';

const HALF_ROOT: f32 = 0.70710678118654752;
const ROOT: f32 = 1.41421356237309505;

/** Rows of B' x over a strip of six rows of the image: [6][width][c] -> out [6][width][c]. */
function inputRows(x: usize, row: usize, out: usize): void {
  const halfRoot = f32x4.splat(HALF_ROOT);
  const root = f32x4.splat(ROOT);
  const r2 = row * 2;
  const r3 = row * 3;
  const r4 = row * 4;
  const r5 = row * 5;
  for (let at: usize = 0; at < row; at += 16) {
    const p = x + at;
    const d1 = v128.load(p + row);
    const d2 = v128.load(p + r2);
    const d3 = v128.load(p + r3);
    const d4 = v128.load(p + r4);
    const q = out + at;
    const m25 = f32x4.splat(-2.5);
    v128.store(q, f32x4.add(madd(m25, d2, v128.load(p)), d4));
    v128.store(q + r5, f32x4.add(madd(m25, d3, d1), v128.load(p + r5)));
    let even = madd(f32x4.splat(-2), d2, d4);
    let odd = f32x4.sub(f32x4.mul(halfRoot, d3), f32x4.mul(root, d1));
    v128.store(q + row, f32x4.add(even, odd));
    v128.store(q + r2, f32x4.sub(even, odd));
    even = madd(f32x4.splat(-0.5), d2, d4);
    odd = f32x4.sub(f32x4.mul(root, d3), f32x4.mul(halfRoot, d1));
    v128.store(q + r3, f32x4.add(even, odd));
    v128.store(q + r4, f32x4.sub(even, odd));
  }
}

/** The other side, (B' x) B, of `tiles` tiles of one row of the strip: -> out[6][.. plane ..] */
function inputColumns(x: usize, pixel: usize, tiles: i32, out: usize, plane: usize): void {
  const halfRoot = f32x4.splat(HALF_ROOT);
  const root = f32x4.splat(ROOT);
  const m25 = f32x4.splat(-2.5);
  const p2 = pixel * 2;
  const p3 = pixel * 3;
  const p4 = pixel * 4;
  const p5 = pixel * 5;
  const plane2 = plane * 2;
  const plane3 = plane * 3;
  const plane4 = plane * 4;
  const plane5 = plane * 5;
  for (let t = 0; t < tiles; t++) {
    for (let at: usize = 0; at < pixel; at += 16) {
      const p = x + at;
      const d1 = v128.load(p + pixel);
      const d2 = v128.load(p + p2);
      const d3 = v128.load(p + p3);
      const d4 = v128.load(p + p4);
      const q = out + at;
      v128.store(q, f32x4.add(madd(m25, d2, v128.load(p)), d4));
      v128.store(q + plane5, f32x4.add(madd(m25, d3, d1), v128.load(p + p5)));
      let even = madd(f32x4.splat(-2), d2, d4);
      let odd = f32x4.sub(f32x4.mul(halfRoot, d3), f32x4.mul(root, d1));
      v128.store(q + plane, f32x4.add(even, odd));
      v128.store(q + plane2, f32x4.sub(even, odd));
      even = madd(f32x4.splat(-0.5), d2, d4);
      odd = f32x4.sub(f32x4.mul(root, d3), f32x4.mul(halfRoot, d1));
      v128.store(q + plane3, f32x4.add(even, odd));
      v128.store(q + plane4, f32x4.sub(even, odd));
    }
    x += p4;
    out += pixel;
  }
}

/** A' m A of one tile and four channels, kept in `scratch` between the two sides: 16 pixels of which `rows` x `columns` are stored. */
@inline
function outputTile(
  m: usize,
  plane: usize,
  scratch: usize,
  out: usize,
  row: usize,
  pixel: usize,
  rows: i32,
  columns: i32,
  lanes: i32,
  bias: v128,
  residual: usize,
  scale: v128,
): void {
  const halfRoot = f32x4.splat(HALF_ROOT);
  const root = f32x4.splat(ROOT);
  const half = f32x4.splat(0.5);
  const two = f32x4.splat(2);
  const quarterRoot = f32x4.splat(HALF_ROOT * 0.5);
  const twoRoot = f32x4.splat(ROOT * 2);
  const plane6 = plane * 6;
  for (let j = 0; j < 6; j++) {
    let p = m;
    const m0 = v128.load(p);
    p += plane6;
    const m1 = v128.load(p);
    p += plane6;
    const m2 = v128.load(p);
    p += plane6;
    const m3 = v128.load(p);
    p += plane6;
    const m4 = v128.load(p);
    p += plane6;
    const m5 = v128.load(p);
    const s1 = f32x4.add(m1, m2);
    const d1 = f32x4.sub(m1, m2);
    const s2 = f32x4.add(m3, m4);
    const d2 = f32x4.sub(m3, m4);
    v128.store(scratch, f32x4.add(f32x4.add(m0, s1), s2));
    v128.store(scratch, f32x4.add(f32x4.mul(halfRoot, d1), f32x4.mul(root, d2)), 96);
    v128.store(scratch, f32x4.add(f32x4.mul(half, s1), f32x4.mul(two, s2)), 192);
    v128.store(
      scratch,
      f32x4.add(f32x4.add(f32x4.mul(quarterRoot, d1), f32x4.mul(twoRoot, d2)), m5),
      288,
    );
    scratch += 16;
    m += plane;
  }
  scratch -= 96;
  for (let i = 0; i < rows; i++) {
    const m0 = v128.load(scratch);
    const m1 = v128.load(scratch, 16);
    const m2 = v128.load(scratch, 32);
    const m3 = v128.load(scratch, 48);
    const m4 = v128.load(scratch, 64);
    const m5 = v128.load(scratch, 80);
    scratch += 96;
    const s1 = f32x4.add(m1, m2);
    const d1 = f32x4.sub(m1, m2);
    const s2 = f32x4.add(m3, m4);
    const d2 = f32x4.sub(m3, m4);
    let at: usize = (i as usize) * row;
    pixelOut(out, at, lanes, f32x4.add(f32x4.add(m0, s1), s2), bias, residual, scale);
    at += pixel;
    if (columns > 1)
      pixelOut(
        out,
        at,
        lanes,
        f32x4.add(f32x4.mul(halfRoot, d1), f32x4.mul(root, d2)),
        bias,
        residual,
        scale,
      );
    at += pixel;
    if (columns > 2)
      pixelOut(out, at, lanes, f32x4.add(f32x4.mul(half, s1), f32x4.mul(two, s2)), bias, residual, scale);
    at += pixel;
    if (columns > 3)
      pixelOut(
        out,
        at,
        lanes,
        f32x4.add(f32x4.add(f32x4.mul(quarterRoot, d1), f32x4.mul(twoRoot, d2)), m5),
        bias,
        residual,
        scale,
      );
  }
}

@inline
function pixelOut(
  out: usize,
  at: usize,
  lanes: i32,
  value: v128,
  bias: v128,
  residual: usize,
  scale: v128,
): void {
  let y = f32x4.add(value, bias);
  if (lanes >= 4) {
    if (residual) y = f32x4.add(y, v128.load(residual + at));
    v128.store(out + at, f32x4.mul(y, scale));
    return;
  }
  storeLanes(out + at, y, lanes, residual ? residual + at : 0, f32x4.extract_lane(scale, 0));
}

function storeLanes(out: usize, y: v128, lanes: i32, residual: usize, scale: f32): void {
  if (lanes >= 4 && !residual) {
    v128.store(out, f32x4.mul(y, f32x4.splat(scale)));
    return;
  }
  const last = lanes - 1;
  const y0 = f32x4.extract_lane(y, 0) + (residual ? load<f32>(residual) : 0);
  store<f32>(out, y0 * scale);
  if (last < 1) return;
  const y1 = f32x4.extract_lane(y, 1) + (residual ? load<f32>(residual, 4) : 0);
  store<f32>(out, y1 * scale, 4);
  if (last < 2) return;
  const y2 = f32x4.extract_lane(y, 2) + (residual ? load<f32>(residual, 8) : 0);
  store<f32>(out, y2 * scale, 8);
  if (last < 3) return;
  const y3 = f32x4.extract_lane(y, 3) + (residual ? load<f32>(residual, 12) : 0);
  store<f32>(out, y3 * scale, 12);
}

/**
 * @param x image with its border, [4 ceil(height/4) + 2][4 ceil(width/4) + 2][cin], cin a multiple of 4
 * @param u transformed weights, 36 times panels of [cin][cout]
 * @param out [height][width][cout], rows of `width cout` numbers
 * @param bias ceil8(cout) numbers, or 0
 * @param residual laid out as out (it may be out itself), or 0; out = (convolution + bias + residual) scale
 * @param work room for (6 (4 tilesX + 2) cin + 36 block (cin + ceil8(cout)) + 96) numbers
 * @param block tiles that go through the products together, at most tilesX
 */
export function winograd(
  x: usize,
  u: usize,
  out: usize,
  height: i32,
  width: i32,
  cin: i32,
  cout: i32,
  bias: usize,
  residual: usize,
  scale: f32,
  work: usize,
  block: i32,
): void {
  const tilesX = (width + 3) >> 2;
  const tilesY = (height + 3) >> 2;
  const pixel = (cin * 4) as usize;
  const stripRow = ((4 * tilesX + 2) * cin * 4) as usize;
  const cout8 = (cout + 7) & ~7;
  const outPixel = (cout * 4) as usize;
  const outRow = (width as usize) * outPixel;
  const strip = work;
  const v = strip + 6 * stripRow;
  const vPlane = (block as usize) * pixel;
  const m = v + 36 * vPlane;
  const mPixel = (cout8 * 4) as usize;
  const mPlane = (block as usize) * mPixel;
  const scratch = m + 36 * mPlane;
  const uPlane = (cin * cout8 * 4) as usize;
  const scale4 = f32x4.splat(scale);
  for (let ty = 0; ty < tilesY; ty++) {
    inputRows(x + (4 * ty) * stripRow, stripRow, strip);
    const rows = min(4, height - 4 * ty);
    for (let tx = 0; tx < tilesX; tx += block) {
      const tiles = min(block, tilesX - tx);
      for (let i = 0; i < 6; i++)
        inputColumns(
          strip + i * stripRow + 4 * tx * pixel,
          pixel,
          tiles,
          v + 6 * i * vPlane,
          vPlane,
        );
      for (let xi = 0; xi < 36; xi++)
        product(
          v + xi * vPlane,
          pixel,
          0,
          0,
          1,
          cin,
          u + xi * uPlane,
          m + xi * mPlane,
          mPixel,
          0,
          1,
          tiles,
          cout8,
          0,
          0,
          1,
        );
      for (let t = 0; t < tiles; t++) {
        const columns = min(4, width - 4 * (tx + t));
        const place = (4 * ty) * outRow + (4 * (tx + t)) * outPixel;
        for (let c = 0; c < cout; c += 4) {
          const at = (c * 4) as usize;
          outputTile(
            m + t * mPixel + at,
            mPlane,
            scratch,
            out + place + at,
            outRow,
            outPixel,
            rows,
            columns,
            cout - c,
            bias ? v128.load(bias + at) : f32x4.splat(0),
            residual ? residual + place + at : 0,
            scale4,
          );
        }
      }
    }
  }
}

@inline
function g(i: i32, w0: v128, w1: v128, w2: v128): v128 {
  if (i == 0) return w0;
  if (i == 5) return w2;
  const root = f32x4.mul(f32x4.splat(ROOT), w1);
  if (i < 3) {
    const even = f32x4.add(f32x4.add(w0, w0), w2);
    const sum = i == 1 ? f32x4.add(even, root) : f32x4.sub(even, root);
    return f32x4.mul(sum, f32x4.splat(-1.0 / 3.0));
  }
  const even = f32x4.add(f32x4.add(w2, w2), w0);
  const sum = i == 3 ? f32x4.add(even, root) : f32x4.sub(even, root);
  return f32x4.mul(sum, f32x4.splat(1.0 / 6.0));
}

/** Four numbers `step` bytes apart, zeros from the `count`-th on. */
@inline
function gather(at: usize, step: usize, count: i32): v128 {
  if (step == 4 && count >= 4) return v128.load(at);
  let v = v128.load_zero<f32>(at);
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(at + step));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(at + 2 * step));
  if (count > 3) v = f32x4.replace_lane(v, 3, load<f32>(at + 3 * step));
  return v;
}

/**
 * u = G w G', as 36 times panels of [cin][cout]. The weight of (tap, i, o) lies at tap tapStep + i inStep + o outStep bytes: a turned
 * kernel begins at its last tap and has a negative tapStep.
 * @param cin rows of a panel, of which those from `filled` on are zeros
 */
export function winogradWeights(
  w: usize,
  tapStep: i32,
  inStep: usize,
  outStep: usize,
  filled: i32,
  cin: i32,
  cout: i32,
  u: usize,
): void {
  const cout8 = (cout + 7) & ~7;
  const plane = (cin * cout8 * 4) as usize;
  if (filled < cin || cout < cout8) memory.fill(u, 0, 36 * plane);
  for (let o = 0; o < cout; o += 4) {
    const lanes = cout - o;
    for (let i = 0; i < filled; i++) {
      let at = w + i * inStep + o * outStep;
      const w00 = gather(at, outStep, lanes);
      at += tapStep;
      const w01 = gather(at, outStep, lanes);
      at += tapStep;
      const w02 = gather(at, outStep, lanes);
      at += tapStep;
      const w10 = gather(at, outStep, lanes);
      at += tapStep;
      const w11 = gather(at, outStep, lanes);
      at += tapStep;
      const w12 = gather(at, outStep, lanes);
      at += tapStep;
      const w20 = gather(at, outStep, lanes);
      at += tapStep;
      const w21 = gather(at, outStep, lanes);
      at += tapStep;
      const w22 = gather(at, outStep, lanes);
      let to = u + (((o >> 3) * cin + i) * 8 + (o & 7)) * 4;
      for (let r = 0; r < 6; r++) {
        const g0 = g(r, w00, w10, w20);
        const g1 = g(r, w01, w11, w21);
        const g2 = g(r, w02, w12, w22);
        v128.store(to, g0);
        to += plane;
        const even1 = f32x4.add(f32x4.add(g0, g0), g2);
        const even2 = f32x4.add(f32x4.add(g2, g2), g0);
        const odd = f32x4.mul(f32x4.splat(ROOT), g1);
        v128.store(to, f32x4.mul(f32x4.add(even1, odd), f32x4.splat(-1.0 / 3.0)));
        to += plane;
        v128.store(to, f32x4.mul(f32x4.sub(even1, odd), f32x4.splat(-1.0 / 3.0)));
        to += plane;
        v128.store(to, f32x4.mul(f32x4.add(even2, odd), f32x4.splat(1.0 / 6.0)));
        to += plane;
        v128.store(to, f32x4.mul(f32x4.sub(even2, odd), f32x4.splat(1.0 / 6.0)));
        to += plane;
        v128.store(to, g2);
        to += plane;
      }
    }
  }
}

/** Rows of A dy: four pixels of a column `step` bytes apart -> six, `plane` bytes apart. */
@inline
function spread(d0: v128, d1: v128, d2: v128, d3: v128, out: usize, plane: usize): void {
  v128.store(out, d0);
  out += plane;
  let even = madd(f32x4.splat(0.5), d2, d0);
  let odd = madd(f32x4.splat(HALF_ROOT * 0.5), d3, f32x4.mul(f32x4.splat(HALF_ROOT), d1));
  v128.store(out, f32x4.add(even, odd));
  out += plane;
  v128.store(out, f32x4.sub(even, odd));
  out += plane;
  even = madd(f32x4.splat(2), d2, d0);
  odd = madd(f32x4.splat(ROOT * 2), d3, f32x4.mul(f32x4.splat(ROOT), d1));
  v128.store(out, f32x4.add(even, odd));
  out += plane;
  v128.store(out, f32x4.sub(even, odd));
  out += plane;
  v128.store(out, d3);
}

/**
 * Adds to du what one image contributes to the gradient of the transformed weights: du[36][cin][cout8] += (B' x B)' (A dy A').
 * @param x as for `winograd`
 * @param dy [4 ceil(height/4)][4 ceil(width/4)][cout8], zeros beyond the image and behind cout
 * @param work room for (6 (4 tilesX + 2) cin + 36 block (cin + cout8) + 96) numbers
 */
export function winogradFilterGradient(
  x: usize,
  dy: usize,
  du: usize,
  tilesY: i32,
  tilesX: i32,
  cin: i32,
  cout8: i32,
  work: usize,
  block: i32,
): void {
  const pixel = (cin * 4) as usize;
  const stripRow = ((4 * tilesX + 2) * cin * 4) as usize;
  const yPixel = (cout8 * 4) as usize;
  const yRow = (4 * tilesX) * yPixel;
  const strip = work;
  const v = strip + 6 * stripRow;
  const vPlane = (block as usize) * pixel;
  const y = v + 36 * vPlane;
  const yPlane = (block as usize) * yPixel;
  const scratch = y + 36 * yPlane;
  const uPlane = (cin * cout8 * 4) as usize;
  for (let ty = 0; ty < tilesY; ty++) {
    inputRows(x + (4 * ty) * stripRow, stripRow, strip);
    for (let tx = 0; tx < tilesX; tx += block) {
      const tiles = min(block, tilesX - tx);
      for (let i = 0; i < 6; i++)
        inputColumns(strip + i * stripRow + 4 * tx * pixel, pixel, tiles, v + 6 * i * vPlane, vPlane);
      for (let t = 0; t < tiles; t++) {
        const from = dy + (4 * ty) * yRow + (4 * (tx + t)) * yPixel;
        for (let at: usize = 0; at < yPixel; at += 16) {
          // Columns of the tile first: scratch[6][4].
          for (let j = 0; j < 4; j++) {
            const p = from + at + j * yPixel;
            spread(
              v128.load(p),
              v128.load(p + yRow),
              v128.load(p + 2 * yRow),
              v128.load(p + 3 * yRow),
              scratch + j * 16,
              64,
            );
          }
          for (let i = 0; i < 6; i++) {
            const p = scratch + i * 64;
            spread(
              v128.load(p),
              v128.load(p, 16),
              v128.load(p, 32),
              v128.load(p, 48),
              y + 6 * i * yPlane + t * yPixel + at,
              yPlane,
            );
          }
        }
      }
      for (let xi = 0; xi < 36; xi++)
        outerProducts(
          v + xi * vPlane,
          pixel,
          y + xi * yPlane,
          yPixel,
          tiles,
          du + xi * uPlane,
          yPixel,
          cin,
          cout8,
        );
    }
  }
}

@inline
function lastThird(d1: v128, d2: v128, d3: v128, d4: v128, d5: v128): v128 {
  // -1/3 (d1 + d2) + 1/3 (d3 + d4) + d5
  const inner = f32x4.sub(f32x4.add(d3, d4), f32x4.add(d1, d2));
  return f32x4.add(f32x4.mul(inner, f32x4.splat(1.0 / 3.0)), d5);
}

@inline
function firstThird(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  // d0 - 2/3 (d1 + d2) + 1/6 (d3 + d4)
  const near = f32x4.mul(f32x4.add(d1, d2), f32x4.splat(-2.0 / 3.0));
  return f32x4.add(f32x4.add(d0, near), f32x4.mul(f32x4.add(d3, d4), f32x4.splat(1.0 / 6.0)));
}

@inline
function middleThird(d1: v128, d2: v128, d3: v128, d4: v128): v128 {
  // sqrt 2 (-(d1 - d2)/3 + (d3 - d4)/6)
  const near = f32x4.mul(f32x4.sub(d2, d1), f32x4.splat(ROOT / 3));
  return f32x4.add(near, f32x4.mul(f32x4.sub(d3, d4), f32x4.splat(ROOT / 6)));
}

/** dw = G' du G of one filter: du[36][cin][cout8] -> dw[3][3][filled][cout]; cin as it is stored, filled as it is wanted. */
export function winogradFilterBack(
  du: usize,
  cin: i32,
  cout8: i32,
  filled: i32,
  cout: i32,
  dw: usize,
  scratch: usize,
): void {
  const plane = (cin * cout8 * 4) as usize;
  const tap = (filled * cout * 4) as usize;
  for (let i = 0; i < filled; i++) {
    for (let o = 0; o < cout; o += 4) {
      const from = du + (i * cout8 + o) * 4;
      for (let j = 0; j < 6; j++) {
        const p = from + j * plane;
        const d0 = v128.load(p);
        const d1 = v128.load(p + 6 * plane);
        const d2 = v128.load(p + 12 * plane);
        const d3 = v128.load(p + 18 * plane);
        const d4 = v128.load(p + 24 * plane);
        const d5 = v128.load(p + 30 * plane);
        v128.store(scratch + j * 16, firstThird(d0, d1, d2, d3, d4));
        v128.store(scratch + j * 16 + 96, middleThird(d1, d2, d3, d4));
        v128.store(scratch + j * 16 + 192, lastThird(d1, d2, d3, d4, d5));
      }
      for (let r = 0; r < 3; r++) {
        const p = scratch + r * 96;
        const d0 = v128.load(p);
        const d1 = v128.load(p, 16);
        const d2 = v128.load(p, 32);
        const d3 = v128.load(p, 48);
        const d4 = v128.load(p, 64);
        const d5 = v128.load(p, 80);
        const to = dw + 3 * r * tap + (i * cout + o) * 4;
        storeLanes(to, firstThird(d0, d1, d2, d3, d4), cout - o, 0, 1);
        storeLanes(to + tap, middleThird(d1, d2, d3, d4), cout - o, 0, 1);
        storeLanes(to + 2 * tap, lastThird(d1, d2, d3, d4, d5), cout - o, 0, 1);
      }
    }
  }
}
