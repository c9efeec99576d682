/**
 * Convolution 3x3 of stride 1 by Winograd's F(4x4, 3x3) (Lavin & Gray 2016) with the points 0, +-1/sqrt 2, +-sqrt 2, infinity: 36
 * products where 144 would be, and rounding a few times that of plain sums. Y = A'[(G w G') * (B' x B)]A.
 */
import { outerProducts } from './outerProducts';
import { product } from './product';
import { constant, madd } from './vector';

const HALF_ROOT: f32 = 0.70710678118654752;
const ROOT: f32 = 1.41421356237309505;

/** Rows of B' x over a strip of six rows of the image: [6][width][c] -> out [6][width][c]. */
function inputRows(x: usize, row: usize, out: usize): void {
  const halfRoot = constant(HALF_ROOT);
  const root = constant(ROOT);
  const m25 = constant(-2.5);
  const minusTwo = constant(-2);
  const minusHalf = constant(-0.5);
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
    v128.store(q, f32x4.add(madd(m25, d2, v128.load(p)), d4));
    v128.store(q + r5, f32x4.add(madd(m25, d3, d1), v128.load(p + r5)));
    let even = madd(minusTwo, d2, d4);
    let odd = f32x4.sub(f32x4.mul(halfRoot, d3), f32x4.mul(root, d1));
    v128.store(q + row, f32x4.add(even, odd));
    v128.store(q + r2, f32x4.sub(even, odd));
    even = madd(minusHalf, d2, d4);
    odd = f32x4.sub(f32x4.mul(root, d3), f32x4.mul(halfRoot, d1));
    v128.store(q + r3, f32x4.add(even, odd));
    v128.store(q + r4, f32x4.sub(even, odd));
  }
}

/**
 * Bytes from one of the 36 planes of so many numbers to the next. 16 numbers lie between them: planes a power of two apart would share
 * few places of the processor's caches, and what is written to all of them took ten times as long.
 */
@inline
function planeOf(numbers: i32): usize {
  return (numbers * 4 + 64) as usize;
}

/** The other side, (B' x) B, of `tiles` tiles of one row of the strip: -> out[6][.. plane ..] */
function inputColumns(x: usize, pixel: usize, tiles: i32, out: usize, plane: usize): void {
  const halfRoot = constant(HALF_ROOT);
  const root = constant(ROOT);
  const m25 = constant(-2.5);
  const minusTwo = constant(-2);
  const minusHalf = constant(-0.5);
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
      let even = madd(minusTwo, d2, d4);
      let odd = f32x4.sub(f32x4.mul(halfRoot, d3), f32x4.mul(root, d1));
      v128.store(q + plane, f32x4.add(even, odd));
      v128.store(q + plane2, f32x4.sub(even, odd));
      even = madd(minusHalf, d2, d4);
      odd = f32x4.sub(f32x4.mul(root, d3), f32x4.mul(halfRoot, d1));
      v128.store(q + plane3, f32x4.add(even, odd));
      v128.store(q + plane4, f32x4.sub(even, odd));
    }
    x += p4;
    out += pixel;
  }
}

/**
 * A' m A of some tiles of one row of tiles, kept in `scratch` between the two sides: out = (A' m A + bias + residual) scale.
 * @param rows of pixels that lie in the image; columns of pixels from the first tile on that do
 */
function output(
  m: usize,
  mPixel: usize,
  plane: usize,
  tiles: i32,
  scratch: usize,
  out: usize,
  row: usize,
  pixel: usize,
  rows: i32,
  columnsLeft: i32,
  channels: i32,
  bias: usize,
  residual: usize,
  factor: f32,
): void {
  const halfRoot = constant(HALF_ROOT);
  const root = constant(ROOT);
  const half = constant(0.5);
  const two = constant(2);
  const quarterRoot = constant(HALF_ROOT * 0.5);
  const twoRoot = constant(ROOT * 2);
  const scale = constant(factor);
  const nothing = constant(0);
  const plane2 = plane * 6;
  const plane3 = plane2 * 2;
  const plane4 = plane2 * 3;
  const plane5 = plane2 * 4;
  const plane6 = plane2 * 5;
  for (let t = 0; t < tiles; t++) {
    const columns = min(4, columnsLeft - 4 * t);
    for (let c = 0; c < channels; c += 4) {
      const lanes = channels - c;
      const add = bias ? v128.load(bias + c * 4) : nothing;
      let from = m + c * 4;
      let to = scratch;
      for (let j = 0; j < 6; j++) {
        const m1 = v128.load(from + plane2);
        const m2 = v128.load(from + plane3);
        const m3 = v128.load(from + plane4);
        const m4 = v128.load(from + plane5);
        const s1 = f32x4.add(m1, m2);
        const d1 = f32x4.sub(m1, m2);
        const s2 = f32x4.add(m3, m4);
        const d2 = f32x4.sub(m3, m4);
        v128.store(to, f32x4.add(f32x4.add(v128.load(from), s1), s2));
        v128.store(to, f32x4.add(f32x4.mul(halfRoot, d1), f32x4.mul(root, d2)), 96);
        v128.store(to, f32x4.add(f32x4.mul(half, s1), f32x4.mul(two, s2)), 192);
        const last = f32x4.add(f32x4.mul(quarterRoot, d1), f32x4.mul(twoRoot, d2));
        v128.store(to, f32x4.add(last, v128.load(from + plane6)), 288);
        to += 16;
        from += plane;
      }
      to = scratch;
      let at: usize = (c * 4) as usize;
      for (let i = 0; i < rows; i++) {
        const m1 = v128.load(to, 16);
        const m2 = v128.load(to, 32);
        const m3 = v128.load(to, 48);
        const m4 = v128.load(to, 64);
        const s1 = f32x4.add(m1, m2);
        const d1 = f32x4.sub(m1, m2);
        const s2 = f32x4.add(m3, m4);
        const d2 = f32x4.sub(m3, m4);
        const y0 = f32x4.add(f32x4.add(v128.load(to), s1), s2);
        const y1 = f32x4.add(f32x4.mul(halfRoot, d1), f32x4.mul(root, d2));
        const y2 = f32x4.add(f32x4.mul(half, s1), f32x4.mul(two, s2));
        const y3 = f32x4.add(
          f32x4.add(f32x4.mul(quarterRoot, d1), f32x4.mul(twoRoot, d2)),
          v128.load(to, 80),
        );
        pixelOut(out, at, lanes, y0, add, residual, scale);
        if (columns > 1) pixelOut(out, at + pixel, lanes, y1, add, residual, scale);
        if (columns > 2) pixelOut(out, at + pixel * 2, lanes, y2, add, residual, scale);
        if (columns > 3) pixelOut(out, at + pixel * 3, lanes, y3, add, residual, scale);
        at += row;
        to += 96;
      }
    }
    m += mPixel;
    out += pixel * 4;
    if (residual) residual += pixel * 4;
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
  const vPlane = planeOf(block * cin);
  const m = v + 36 * vPlane;
  const mPixel = (cout8 * 4) as usize;
  const mPlane = planeOf(block * cout8);
  const scratch = m + 36 * mPlane;
  const uPlane = planeOf(cin * cout8);
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
      const place = (4 * ty) * outRow + (4 * tx) * outPixel;
      output(
        m,
        mPixel,
        mPlane,
        tiles,
        scratch,
        out + place,
        outRow,
        outPixel,
        rows,
        width - 4 * tx,
        cout,
        bias,
        residual ? residual + place : 0,
        scale,
      );
    }
  }
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
 * @param begin, end the channels out that are made, of all cout: begin a multiple of 8, end too or cout
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
  begin: i32,
  end: i32,
): void {
  const cout8 = (cout + 7) & ~7;
  const plane = planeOf(cin * cout8);
  if (filled < cin || cout < cout8) {
    const panels = (((end + 7) & ~7) - begin) * cin * 4;
    for (let xi = 0; xi < 36; xi++) memory.fill(u + xi * plane + begin * cin * 4, 0, panels);
  }
  const root = constant(ROOT);
  const third = constant(-1.0 / 3.0);
  const sixth = constant(1.0 / 6.0);
  for (let o = begin; o < end; o += 4) {
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
      // G of the three columns, row after row.
      const e0 = f32x4.add(f32x4.add(w00, w00), w20);
      const f0 = f32x4.add(f32x4.add(w20, w20), w00);
      const o0 = f32x4.mul(root, w10);
      const e1 = f32x4.add(f32x4.add(w01, w01), w21);
      const f1 = f32x4.add(f32x4.add(w21, w21), w01);
      const o1 = f32x4.mul(root, w11);
      const e2 = f32x4.add(f32x4.add(w02, w02), w22);
      const f2 = f32x4.add(f32x4.add(w22, w22), w02);
      const o2 = f32x4.mul(root, w12);
      to = row(w00, w01, w02, root, third, sixth, to, plane);
      to = row(
        f32x4.mul(f32x4.add(e0, o0), third),
        f32x4.mul(f32x4.add(e1, o1), third),
        f32x4.mul(f32x4.add(e2, o2), third),
        root,
        third,
        sixth,
        to,
        plane,
      );
      to = row(
        f32x4.mul(f32x4.sub(e0, o0), third),
        f32x4.mul(f32x4.sub(e1, o1), third),
        f32x4.mul(f32x4.sub(e2, o2), third),
        root,
        third,
        sixth,
        to,
        plane,
      );
      to = row(
        f32x4.mul(f32x4.add(f0, o0), sixth),
        f32x4.mul(f32x4.add(f1, o1), sixth),
        f32x4.mul(f32x4.add(f2, o2), sixth),
        root,
        third,
        sixth,
        to,
        plane,
      );
      to = row(
        f32x4.mul(f32x4.sub(f0, o0), sixth),
        f32x4.mul(f32x4.sub(f1, o1), sixth),
        f32x4.mul(f32x4.sub(f2, o2), sixth),
        root,
        third,
        sixth,
        to,
        plane,
      );
      row(w20, w21, w22, root, third, sixth, to, plane);
    }
  }
}

/** One row of (G w) G', six numbers a plane apart; returns where the next row begins. */
@inline
function row(
  g0: v128,
  g1: v128,
  g2: v128,
  root: v128,
  third: v128,
  sixth: v128,
  out: usize,
  plane: usize,
): usize {
  const even = f32x4.add(f32x4.add(g0, g0), g2);
  const far = f32x4.add(f32x4.add(g2, g2), g0);
  const odd = f32x4.mul(root, g1);
  v128.store(out, g0);
  out += plane;
  v128.store(out, f32x4.mul(f32x4.add(even, odd), third));
  out += plane;
  v128.store(out, f32x4.mul(f32x4.sub(even, odd), third));
  out += plane;
  v128.store(out, f32x4.mul(f32x4.add(far, odd), sixth));
  out += plane;
  v128.store(out, f32x4.mul(f32x4.sub(far, odd), sixth));
  out += plane;
  v128.store(out, g2);
  return out + plane;
}

/** Rows of A dy: four pixels of a column `step` bytes apart -> six, `plane` bytes apart. */
@inline
function spread(
  d0: v128,
  d1: v128,
  d2: v128,
  d3: v128,
  half: v128,
  two: v128,
  halfRoot: v128,
  root: v128,
  out: usize,
  plane: usize,
): void {
  v128.store(out, d0);
  out += plane;
  let even = madd(half, d2, d0);
  let odd = f32x4.mul(halfRoot, madd(half, d3, d1));
  v128.store(out, f32x4.add(even, odd));
  out += plane;
  v128.store(out, f32x4.sub(even, odd));
  out += plane;
  even = madd(two, d2, d0);
  odd = f32x4.mul(root, madd(two, d3, d1));
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
 * @param begin, end which of the six rows of transformed weights are added to
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
  begin: i32,
  end: i32,
): void {
  const pixel = (cin * 4) as usize;
  const stripRow = ((4 * tilesX + 2) * cin * 4) as usize;
  const yPixel = (cout8 * 4) as usize;
  const yRow = (4 * tilesX) * yPixel;
  const strip = work;
  const v = strip + 6 * stripRow;
  const vPlane = planeOf(block * cin);
  const y = v + 36 * vPlane;
  const yPlane = planeOf(block * cout8);
  const scratch = y + 36 * yPlane;
  const uPlane = planeOf(cin * cout8);
  const half = constant(0.5);
  const two = constant(2);
  const halfRoot = constant(HALF_ROOT);
  const root = constant(ROOT);
  for (let ty = 0; ty < tilesY; ty++) {
    inputRows(x + (4 * ty) * stripRow, stripRow, strip);
    for (let tx = 0; tx < tilesX; tx += block) {
      const tiles = min(block, tilesX - tx);
      for (let i = begin; i < end; i++)
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
              half,
              two,
              halfRoot,
              root,
              scratch + j * 16,
              64,
            );
          }
          for (let i = begin; i < end; i++) {
            const p = scratch + i * 64;
            spread(
              v128.load(p),
              v128.load(p, 16),
              v128.load(p, 32),
              v128.load(p, 48),
              half,
              two,
              halfRoot,
              root,
              y + 6 * i * yPlane + t * yPixel + at,
              yPlane,
            );
          }
        }
      }
      for (let xi = 6 * begin; xi < 6 * end; xi++)
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

/** Three rows or columns of G' du G from six. */
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

/**
 * dw = G' du G of one filter: du[36][cin][cout8] -> dw[3][3][filled][cout]; cin as it is stored, filled as it is wanted, channels in from
 * `begin` to before `end` of it.
 */
export function winogradFilterBack(
  du: usize,
  cin: i32,
  cout8: i32,
  filled: i32,
  cout: i32,
  dw: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const plane = planeOf(cin * cout8);
  const tap = (filled * cout * 4) as usize;
  for (let i = begin; i < end; i++) {
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
