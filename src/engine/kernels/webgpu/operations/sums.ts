/** Sums of each channel over the pixels of an image, by parts that workgroups share out. */
import * as tf from '../../../tf';
import { dispatch, disposeInfos, eachNumber, outputOf, program, THREADS, workgroupsFor } from '../dispatch';
import { ceilDiv } from '../wgsl';

const MOST_PARTS = 128;
const LEAST_RUN = 64;

export const SHARED = `var<workgroup> first: array<f32, ${THREADS}>;
var<workgroup> second: array<f32, ${THREADS}>;`;

/** A thread's channel and pixels; `a` and `b` are its sums, which are added over the rows of threads. */
export const channelSums = (add: string, before = '') => `  let lane = thread % s.lanes;
  let row = thread / s.lanes;
  let rows = ${THREADS}u / s.lanes;
  let channel = group.x * s.lanes + lane;
  let image = group.z;
  let begin = group.y * s.run;
  let end = min(begin + s.run, s.pixels);
  let base = image * s.pixels * s.channels + channel;
  let inside = channel < s.channels;
  var a = 0.0;
  var b = 0.0;
  ${before}
  if (inside) {
    for (var p = begin + row; p < end; p += rows) {
      let i = base + p * s.channels;
      ${add}
    }
  }
  first[thread] = a;
  second[thread] = b;
  workgroupBarrier();
  if (row > 0u || !inside) { return; }
  for (var r = 1u; r < rows; r++) {
    a += first[r * s.lanes + lane];
    b += second[r * s.lanes + lane];
  }`;
/** Where two sums of it go. */
export const PLACE_OF_SUMS = 'let at = (image * groups.y + group.y) * 2u * s.channels + channel;';

/** So few one after the other take a thread no longer than another dispatch would. */
const SHORT_RUN = 256;

/** How the sums over an image are shared out. */
export function partsOf(pixels: number) {
  const run = Math.max(LEAST_RUN, ceilDiv(pixels, MOST_PARTS));
  return { run, parts: ceilDiv(pixels, run) };
}

/** Threads side by side on channels: a power of two. */
export const lanesFor = (channels: number): number => {
  let lanes = 1;
  while (lanes < channels && lanes < THREADS) lanes *= 2;
  return lanes;
};

const sums = program('channel sums', {
  whole: ['pixels', 'channels', 'run', 'lanes', 'images'],
  real: ['by'],
  reads: ['x'],
  writes: ['parts'],
  functions: SHARED,
  body: `${channelSums('a += x[i];')}
  parts[(group.y * s.images + image) * s.channels + channel] = s.by * a;`,
});

const total = eachNumber('sum of parts', {
  whole: ['parts'],
  real: ['by'],
  reads: ['parts'],
  writes: ['out'],
  body: `  var sum = 0.0;
  for (var part = 0u; part < s.parts; part++) { sum += parts[part * s.count + i]; }
  out[i] = s.by * sum;`,
});

/** Parts that lie one behind the other, added, times `by`; they are disposed. */
export function totalOf(
  parts: tf.TensorInfo,
  count: number,
  shape: readonly number[],
  by = 1,
): tf.TensorInfo {
  const out = outputOf(shape);
  dispatch(total, {
    whole: [count, parts.shape[0]],
    real: [by],
    reads: [parts],
    writes: [out],
    workgroups: workgroupsFor(count),
  });
  disposeInfos(parts);
  return out;
}

/** Over the pixels of each image, or of all, [.., c], times `by`, as a tensor of this shape. */
export function sumsOfChannels(
  x: tf.TensorInfo,
  images: number,
  by: number,
  shape: readonly number[],
): tf.TensorInfo {
  const c = x.shape[x.shape.length - 1];
  const pixels = x.shape.slice(0, -1).reduce((product, n) => product * n, 1) / images;
  // What there is one of is its own sum: the gradient of a dense layer's bias.
  if (pixels === 1 && by === 1) {
    tf.backend().incRef(x.dataId);
    return { ...x, shape: [...shape] };
  }
  const lanes = lanesFor(c);
  const isShort = pixels * lanes <= SHORT_RUN * THREADS;
  const { run, parts } = isShort ? { run: pixels, parts: 1 } : partsOf(pixels);
  const made = outputOf(isShort ? shape : [parts, images, c]);
  dispatch(sums, {
    whole: [pixels, c, run, lanes, images],
    real: [isShort ? by : 1],
    reads: [x],
    writes: [made],
    workgroups: [ceilDiv(c, lanes), parts, images],
  });
  return isShort ? made : totalOf(made, images * c, shape, by);
}
