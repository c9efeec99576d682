/**
 * The chain's noise and the posterior's draw, where the network computes: the words of `random.ts`, bit by bit, and its normal numbers within
 * float32's rounding. WGSL's own log, sqrt, cos and sin may be off by 2^-11 and differ between drivers, so they are series here.
 */
import type { Posterior } from '../../diffusion/diffusion';
import { NORMAL_KEY, normals, type SampleKey } from '../../random';
import * as tf from '../../tf';
import type { KeyedDraw } from '../fastDenoiser';
import { dispatch, eachNumber, outputOf, type Program, workgroupsFor } from './dispatch';

/** `normals`: four of a place of the stream, whose key is in `s`. */
export const NORMALS = `
fn mulHigh(a: u32, b: u32) -> u32 {
  let low = a & 0xffffu;
  let high = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle = high * bLow + ((low * bLow) >> 16u);
  let cross = low * bHigh + (middle & 0xffffu);
  return high * bHigh + (middle >> 16u) + (cross >> 16u);
}
fn words(place: u32) -> vec4<u32> {
  var c = vec4<u32>(place, s.slice, s.step, s.sample << 1u);
  var k = vec2<u32>(s.seed, ${NORMAL_KEY}u);
  for (var round = 0u; round < 10u; round++) {
    c = vec4<u32>(
      mulHigh(0xcd9e8d57u, c.z) ^ c.y ^ k.x, 0xcd9e8d57u * c.z,
      mulHigh(0xd2511f53u, c.x) ^ c.w ^ k.y, 0xd2511f53u * c.x);
    k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}
// ln((1 + r) / (1 - r)) for |r| < 0.172.
fn logRatio(r: f32) -> f32 {
  let q = r * r;
  return 2.0 * r * (1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0)))));
}
// sqrt(-2 ln((w + 1/2) / 2^32)).
fn radius(w: u32) -> f32 {
  var l: f32;
  if (w >= 0xb504f334u) {
    // From the other end, where the logarithm is small.
    let v = (f32(~w) + 0.5) * ${2 ** -32};
    l = logRatio(v / (2.0 - v));
  } else {
    // m 2^e, with m about 1.
    let bits = bitcast<i32>(f32(w) + 0.5);
    let e = (bits - 0x3f3504f3) >> 23u;
    let m = bitcast<f32>(bits - (e << 23u));
    l = f32(32 - e) * ${Math.LN2} - logRatio((m - 1.0) / (m + 1.0));
  }
  let x = 2.0 * l;
  let r = sqrt(x);
  return r + 0.5 * (x - r * r) / r;
}
// Cosine and sine of 2 pi (w + 1/2) / 2^32: the octant is the word's, so that the series' angle is at most pi / 4.
fn turned(w: u32) -> vec2<f32> {
  let octant = w >> 29u;
  let within = w & 0x1fffffffu;
  let a = (f32(select(within, 0x1fffffffu - within, (octant & 1u) == 1u)) + 0.5) * ${Math.PI / 2 ** 31};
  let q = a * a;
  let sine = a * (1.0 + q * (-1.0 / 6.0 + q * (1.0 / 120.0 + q * (-1.0 / 5040.0 + q / 362880.0))));
  let c = 1.0 + q * (-0.5 + q * (1.0 / 24.0 + q * (-1.0 / 720.0 + q * (1.0 / 40320.0 - q / 3628800.0))));
  let d = select(sine, -sine, (octant & 1u) == 1u);
  switch (((octant + 1u) >> 1u) & 3u) {
    case 0u: { return vec2<f32>(c, d); }
    case 1u: { return vec2<f32>(-d, c); }
    case 2u: { return vec2<f32>(-c, -d); }
    default: { return vec2<f32>(d, -c); }
  }
}
fn normals(place: u32) -> vec4<f32> {
  let w = words(place);
  return vec4<f32>(radius(w.x) * turned(w.y), radius(w.z) * turned(w.w));
}`;

/** Of an image that begins at `begin`, `pixels` long, the four numbers of a thread. */
const KEY = ['begin', 'pixels', 'seed', 'sample', 'slice', 'step'] as const;
const eachPixel = (line: string) => `  for (var lane = 0u; lane < 4u; lane++) {
    let pixel = 4u * i + lane;
    if (pixel < s.pixels) {
      let at = s.begin + pixel;
      ${line}
    }
  }`;

const NOISE = eachNumber('noise', {
  whole: KEY,
  reads: [],
  writes: ['noise'],
  functions: NORMALS,
  body: `  let drawn = normals(i);
${eachPixel('noise[at] = drawn[lane];')}`,
});

const POSTERIOR = eachNumber('posterior', {
  whole: KEY,
  real: ['c1', 'c2', 'deviation'],
  reads: ['x0', 'x'],
  writes: ['next'],
  functions: NORMALS,
  body: `  var drawn = vec4<f32>(0.0);
  if (s.deviation > 0.0) { drawn = normals(i); }
${eachPixel('next[at] = s.c1 * x0[at] + s.c2 * x[at] + s.deviation * drawn[lane];')}`,
});

/** An image of the backend, of each key its own dispatch. */
function drawn(
  program: Program,
  reads: readonly tf.Tensor4D[],
  shape: tf.Tensor4D['shape'],
  { keys, step, real }: { keys: readonly SampleKey[]; step: number; real?: readonly number[] },
): tf.Tensor4D {
  const out = outputOf(shape);
  const pixels = tf.util.sizeFromShape(shape) / keys.length;
  const count = Math.ceil(pixels / 4);
  keys.forEach(({ seed, sample, slice }, image) => {
    const whole = [count, image * pixels, pixels, seed, sample, slice, step];
    dispatch(program, { whole, real, reads, writes: [out], workgroups: workgroupsFor(count) });
  });
  return tf.engine().makeTensorFromTensorInfo(out) as tf.Tensor4D;
}

/** N(0, 1), [b, h, w, 1]: `normals` of the keys, one each batch entry, and the step. */
export const normalsOnGpu = (
  shape: tf.Tensor4D['shape'],
  keys: readonly SampleKey[],
  step: number,
): tf.Tensor4D => drawn(NOISE, [], shape, { keys, step });

/** c1 x0 + c2 x + deviation N(0, 1), as `samplePosterior` with the noise of the keys and the step; [b, h, w, 1]. */
export const posteriorOnGpu = (
  x0: tf.Tensor4D,
  x: tf.Tensor4D,
  { keys, step, c1, c2, deviation }: KeyedDraw,
): tf.Tensor4D => drawn(POSTERIOR, [x0, x], x0.shape, { keys, step, real: [c1, c2, deviation] });

/** Of numbers to 6.7: their last places, and those of the sums. */
const TOLERANCE = 1e-5;
const KNOWN = { keys: [{ seed: 0x9abcdef0, sample: 3, slice: 70 }], step: 2 };
const KNOWN_SHAPE: tf.Tensor4D['shape'] = [1, 63, 65, 1];
const KNOWN_POSTERIOR: Posterior = { c1: 0.5, c2: -0.25, deviation: 0.75 };

const verdicts = new WeakMap<GPUDevice, Promise<boolean>>();

/** Whether this device draws what the CPU does: looked at once. */
export function drawsRight(device: GPUDevice): Promise<boolean> {
  let verdict = verdicts.get(device);
  if (!verdict) {
    verdict = verdictOf();
    verdicts.set(device, verdict);
  }
  return verdict;
}

async function verdictOf(): Promise<boolean> {
  const want = normals({ ...KNOWN.keys[0], step: KNOWN.step, stream: 'noise' }, 63 * 65);
  const made: tf.Tensor4D[] = [];
  try {
    const noise = normalsOnGpu(KNOWN_SHAPE, KNOWN.keys, KNOWN.step);
    made.push(noise);
    const next = posteriorOnGpu(noise, noise, { ...KNOWN, ...KNOWN_POSTERIOR });
    made.push(next);
    const [plain, posterior] = await Promise.all(made.map((image) => image.data<'float32'>()));
    // Of x0 and x that are the noise, its sum of the three is the noise again.
    return want.every(
      (value, p) => Math.abs(plain[p] - value) <= TOLERANCE && Math.abs(posterior[p] - value) <= TOLERANCE,
    );
  } catch {
    return false;
  } finally {
    tf.dispose(made);
  }
}
