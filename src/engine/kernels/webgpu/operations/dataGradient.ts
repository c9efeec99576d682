/**
 * A convolution's data gradient, and so a transposed convolution: a product [pixels, taps out] [taps out, in] whose first factor is read from
 * dy where it lies. Pixels of one place between the strides see the same taps: each such place is a product of its own, without the zeros
 * that a spread dy would have.
 */
import type * as tf from '../../../tf';
import { dispatch, outputOf, program, THREADS } from '../dispatch';
import { ceilDiv, unrolled } from '../wgsl';
import { GEOMETRY, geometryOf } from './geometry';

/** Pixels and channels of a workgroup, and how many taps' channels are in its memory at once. */
const ROWS = THREADS;
const COLUMNS = 32;
const STEP = 16;
/** Apart, so that threads that write one below the other do not wait for each other. */
const LINE = COLUMNS + 1;
/** Of a thread: 8 x 4 sums. */
const DOWN = 8;

const product = program('data gradient', {
  whole: [...GEOMETRY, 'filterHeight', 'batch'],
  reads: ['dy', 'taps'],
  writes: ['dx'],
  functions: `var<workgroup> slopes: array<f32, ${STEP * ROWS}>;
var<workgroup> weights: array<f32, ${STEP * LINE}>;
// Numbers below end of first, first + step, ..
fn countOf(end: u32, first: u32, step: u32) -> u32 {
  return select((end - first + step - 1u) / step, 0u, first >= end);
}`,
  body: `  // Taps are those from placeY, placeX on, a stride apart; pixels, too, from firstY, firstX on.
  let placeY = group.z / s.strideX;
  let placeX = group.z % s.strideX;
  let firstY = (placeY + s.strideY - s.top % s.strideY) % s.strideY;
  let firstX = (placeX + s.strideX - s.left % s.strideX) % s.strideX;
  let down = countOf(s.height, firstY, s.strideY);
  let across = countOf(s.width, firstX, s.strideX);
  let pixels = s.batch * down * across;
  if (group.x * ${ROWS}u >= pixels) { return; }
  let tapsAcross = countOf(s.filterWidth, placeX, s.strideX);
  let inner = countOf(s.filterHeight, placeY, s.strideY) * tapsAcross * s.outChannels;
  let row = group.x * ${ROWS}u + thread;
  let image = row / (down * across);
  // dy's pixel under the first tap; those under the next ones lie before it.
  let y = i32((firstY + row / across % down * s.strideY + s.top - placeY) / s.strideY);
  let x = i32((firstX + row % across * s.strideX + s.left - placeX) / s.strideX);
  let ty = thread / ${COLUMNS / 4}u * ${DOWN}u;
  let tx = thread % ${COLUMNS / 4}u * 4u;
  // Of the number whose turn it is: no division for each.
  var channel = 0u;
  var tapY = 0;
  var tapX = 0;
${unrolled(DOWN, (i) => `  var sum${i} = vec4<f32>(0.0);`)}
  for (var p = 0u; p < inner; p += ${STEP}u) {
    for (var k = 0u; k < ${STEP}u; k++) {
      let oy = y - tapY;
      let ox = x - tapX;
      var v = 0.0;
      if (p + k < inner && row < pixels && oy >= 0 && oy < i32(s.outHeight) && ox >= 0 && ox < i32(s.outWidth)) {
        v = dy[((image * s.outHeight + u32(oy)) * s.outWidth + u32(ox)) * s.outChannels + channel];
      }
      slopes[k * ${ROWS}u + thread] = v;
      channel++;
      if (channel == s.outChannels) { channel = 0u; tapX++; }
      if (tapX == i32(tapsAcross)) { tapX = 0; tapY++; }
    }
    let at = p + thread % ${STEP}u;
    let tap = at / s.outChannels;
    let fy = placeY + tap / tapsAcross * s.strideY;
    let fx = placeX + tap % tapsAcross * s.strideX;
    for (var column = thread / ${STEP}u; column < ${COLUMNS}u; column += ${THREADS / STEP}u) {
      let to = group.y * ${COLUMNS}u + column;
      var v = 0.0;
      if (at < inner && to < s.channels) {
        v = taps[((fy * s.filterWidth + fx) * s.channels + to) * s.outChannels + at % s.outChannels];
      }
      weights[thread % ${STEP}u * ${LINE}u + column] = v;
    }
    workgroupBarrier();
    for (var k = 0u; k < ${STEP}u; k++) {
      let first = k * ${LINE}u + tx;
      let weight = vec4<f32>(weights[first], weights[first + 1u], weights[first + 2u], weights[first + 3u]);
      let start = k * ${ROWS}u + ty;
${unrolled(DOWN, (i) => `      sum${i} += slopes[start + ${i}u] * weight;`)}
    }
    workgroupBarrier();
  }
  let to = group.y * ${COLUMNS}u + tx;
${unrolled(
  DOWN,
  (i) => `  {
    let r = group.x * ${ROWS}u + ty + ${i}u;
    let at = ((r / (down * across) * s.height + firstY + r / across % down * s.strideY) * s.width + firstX + r % across * s.strideX) * s.channels + to;
    for (var j = 0u; j < 4u; j++) {
      if (r < pixels && to + j < s.channels) { dx[at + j] = sum${i}[j]; }
    }
  }`,
)}`,
});

/** Of undilated convolutions of one group, zeros about the image. */
export function dataGradient(
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth } = info;
  const out = outputOf(info.inShape);
  const pixels = batchSize * ceilDiv(inHeight, strideHeight) * ceilDiv(inWidth, strideWidth);
  dispatch(product, {
    whole: [...geometryOf(info), info.filterHeight, batchSize],
    reads: [dy, filter],
    writes: [out],
    workgroups: [ceilDiv(pixels, ROWS), ceilDiv(inChannels, COLUMNS), strideHeight * strideWidth],
  });
  return out;
}
