/**
 * A convolution's weight gradient as a product [k k in, pixels] [pixels, out] whose first factor is read from the image where it lies. The
 * pixels are shared out over workgroups where there are few weights; the parts are added then.
 */
import type * as tf from '../../../tf';
import { dispatch, outputOf, program, THREADS } from '../dispatch';
import { ceilDiv, unrolled } from '../wgsl';
import { GEOMETRY, geometryOf } from './geometry';
import { totalOf } from './sums';

/** Weights of a workgroup, and how many pixels are in its memory at once. */
const ROWS = THREADS;
const COLUMNS = 32;
const STEP = 16;
/** Of a thread: 8 x 4 sums. */
const DOWN = 8;

/** Fewer leave parts of a GPU idle. */
const ENOUGH_WORKGROUPS = 256;
/** So few pixels take a workgroup no longer than a dispatch to add parts would. */
const SHORT_RUN = 512;
/** Longer sums of float32 lose digits. */
const LONGEST_RUN = 4096;

const product = program('filter gradient', {
  whole: [...GEOMETRY, 'rows', 'pixels', 'run'],
  reads: ['x', 'dy'],
  writes: ['out'],
  functions: `var<workgroup> seen: array<f32, ${STEP * ROWS}>;
var<workgroup> slopes: array<f32, ${STEP * COLUMNS}>;`,
  body: `  let row = group.x * ${ROWS}u + thread;
  let tap = row / s.channels;
  let channel = row % s.channels;
  let down = i32(tap / s.filterWidth) - i32(s.top);
  let right = i32(tap % s.filterWidth) - i32(s.left);
  let column = group.y * ${COLUMNS}u + thread % ${COLUMNS}u;
  let begin = group.z * s.run;
  let end = min(begin + s.run, s.pixels);
  // Of the pixel whose turn it is: no division for each.
  var ox = begin % s.outWidth;
  var oy = begin / s.outWidth % s.outHeight;
  var image = begin / (s.outWidth * s.outHeight);
  let ty = thread / ${COLUMNS / 4}u * ${DOWN}u;
  let tx = thread % ${COLUMNS / 4}u * 4u;
${unrolled(DOWN, (i) => `  var sum${i} = vec4<f32>(0.0);`)}
  for (var p = begin; p < end; p += ${STEP}u) {
    for (var k = 0u; k < ${STEP}u; k++) {
      let y = i32(oy * s.strideY) + down;
      let x0 = i32(ox * s.strideX) + right;
      var v = 0.0;
      if (p + k < end && row < s.rows && y >= 0 && y < i32(s.height) && x0 >= 0 && x0 < i32(s.width)) {
        v = x[((image * s.height + u32(y)) * s.width + u32(x0)) * s.channels + channel];
      }
      seen[k * ${ROWS}u + thread] = v;
      ox++;
      if (ox == s.outWidth) { ox = 0u; oy++; }
      if (oy == s.outHeight) { oy = 0u; image++; }
    }
    for (var k = thread / ${COLUMNS}u; k < ${STEP}u; k += ${THREADS / COLUMNS}u) {
      var v = 0.0;
      if (p + k < end && column < s.outChannels) { v = dy[(p + k) * s.outChannels + column]; }
      slopes[k * ${COLUMNS}u + thread % ${COLUMNS}u] = v;
    }
    workgroupBarrier();
    for (var k = 0u; k < ${STEP}u; k++) {
      let at = k * ${COLUMNS}u + tx;
      let slope = vec4<f32>(slopes[at], slopes[at + 1u], slopes[at + 2u], slopes[at + 3u]);
      let start = k * ${ROWS}u + ty;
${unrolled(DOWN, (i) => `      sum${i} += seen[start + ${i}u] * slope;`)}
    }
    workgroupBarrier();
  }
  let first = group.x * ${ROWS}u + ty;
  let to = group.y * ${COLUMNS}u + tx;
  for (var j = 0u; j < 4u; j++) {
    if (to + j >= s.outChannels) { break; }
    let at = (group.z * s.rows + first) * s.outChannels + to + j;
${unrolled(DOWN, (i) => `    if (first + ${i}u < s.rows) { out[at + ${i}u * s.outChannels] = sum${i}[j]; }`)}
  }`,
});

/** Of undilated convolutions of one group, zeros about the image. */
export function filterGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
): tf.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, outHeight, outWidth } = info;
  const rows = filterHeight * filterWidth * inChannels;
  const pixels = info.batchSize * outHeight * outWidth;
  const [down, across] = [ceilDiv(rows, ROWS), ceilDiv(outChannels, COLUMNS)];
  const wanted =
    pixels <= SHORT_RUN
      ? 1
      : Math.max(
          Math.min(ceilDiv(ENOUGH_WORKGROUPS, down * across), ceilDiv(pixels, 8 * STEP)),
          ceilDiv(pixels, LONGEST_RUN),
        );
  const run = STEP * ceilDiv(pixels, STEP * wanted);
  const parts = ceilDiv(pixels, run);
  const sums = outputOf(parts === 1 ? info.filterShape : [parts, rows, outChannels]);
  dispatch(product, {
    whole: [...geometryOf(info), rows, pixels, run],
    reads: [x, dy],
    writes: [sums],
    workgroups: [down, across, parts],
  });
  return parts === 1 ? sums : totalOf(sums, rows * outChannels, info.filterShape);
}
