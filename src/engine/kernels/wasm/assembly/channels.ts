/** Between images [batch][pixels][c] and one number a channel, of any c. */
import { addTo, get, getSome, put } from './lanes';

/** Pixels whose sums are taken in float32, before they are added up in float64. */
const RUN = 128;

@inline
function runSum<Kind>(x: usize, pixel: usize, count: i32, lanes: i32, sums: usize): void {
  let sum = f32x4.splat(0);
  for (let p = 0; p < count; p++) {
    sum = f32x4.add(sum, get<Kind>(x, lanes));
    x += pixel;
  }
  addTo(sums, sum, lanes);
}

/**
 * Sums over all pixels times `by`.
 * @param isOne over the batch, too: out [c], else [batch][c]
 * @param work 8 c bytes, of which each channel has its own
 * @param first, last the channels that are summed up, from a multiple of 4 on
 */
export function channelSums(
  x: usize,
  batch: i32,
  pixels: i32,
  c: i32,
  isOne: bool,
  by: f64,
  out: usize,
  work: usize,
  first: i32,
  last: i32,
): void {
  const pixel = (c * 4) as usize;
  for (let b = 0; b < batch; b++) {
    if (b == 0 || !isOne) memory.fill(work + first * 8, 0, (last - first) * 8);
    for (let begin = 0; begin < pixels; begin += RUN) {
      const count = min(RUN, pixels - begin);
      const from = x + begin * pixel;
      for (let i = first; i < last; i += 4) {
        const lanes = c - i;
        if (lanes >= 4) runSum<i32>(from + i * 4, pixel, count, 4, work + i * 8);
        else runSum<f32>(from + i * 4, pixel, count, lanes, work + i * 8);
      }
    }
    x += pixels * pixel;
    if (isOne && b < batch - 1) continue;
    for (let i = first; i < last; i++) store<f32>(out + i * 4, (load<f64>(work + i * 8) * by) as f32);
    out += pixel;
  }
}

@inline
function addRun<Kind>(x: usize, pixel: usize, count: i32, lanes: i32, add: v128, out: usize): void {
  for (let p = 0; p < count; p++) {
    put<Kind>(out, f32x4.add(get<Kind>(x, lanes), add), lanes);
    x += pixel;
    out += pixel;
  }
}

/** x + bias, of the next image `step` bytes further. */
export function addChannels(
  x: usize,
  batch: i32,
  pixels: i32,
  c: i32,
  bias: usize,
  step: usize,
  out: usize,
): void {
  const pixel = (c * 4) as usize;
  for (let b = 0; b < batch; b++) {
    for (let begin = 0; begin < pixels; begin += RUN) {
      const count = min(RUN, pixels - begin);
      for (let i = 0; i < c; i += 4) {
        const lanes = c - i;
        const at = (i * 4) as usize;
        const place = begin * pixel + at;
        const add = getSome(bias + at, lanes);
        if (lanes >= 4) addRun<i32>(x + place, pixel, count, 4, add, out + place);
        else addRun<f32>(x + place, pixel, count, lanes, add, out + place);
      }
    }
    x += pixels * pixel;
    out += pixels * pixel;
    bias += step;
  }
}
