/** FIR up, down, smooth and its adjoint, in one pass (wasm/operations/linear.ts says which is whose adjoint). */
import type * as tf from '../../../tf';
import { type Fir, STEPS, sizeAfter } from '../../wasm/operations/linear';
import { dispatch, eachNumber, outputOf, workgroupsFor } from '../dispatch';

const filter = eachNumber('fir', {
  whole: ['height', 'width', 'channels', 'outHeight', 'outWidth', 'isUp', 'stride', 'before'],
  real: ['gain'],
  reads: ['x'],
  writes: ['out'],
  functions: `fn weight(at: u32, k: u32) -> f32 {
  // Zeros between the pixels and gain 2: three quarters of the nearer, a quarter of the other neighbour.
  if (s.isUp == 1u) { return select(0.25, 0.75, at % 2u != k); }
  return select(0.375, 0.125, k == 0u || k == 3u);
}
fn first(at: u32) -> i32 {
  return select(i32(at * s.stride) - i32(s.before), i32((at + 1u) / 2u) - 1, s.isUp == 1u);
}`,
  body: `  let channel = i % s.channels;
  let ox = i / s.channels % s.outWidth;
  let oy = i / (s.channels * s.outWidth) % s.outHeight;
  let image = i / (s.channels * s.outWidth * s.outHeight);
  let left = first(ox);
  let top = first(oy);
  let taps = select(4u, 2u, s.isUp == 1u);
  var sum = 0.0;
  for (var ky = 0u; ky < taps; ky++) {
    let y = top + i32(ky);
    if (y < 0 || y >= i32(s.height)) { continue; }
    var line = 0.0;
    for (var kx = 0u; kx < taps; kx++) {
      let at = left + i32(kx);
      if (at < 0 || at >= i32(s.width)) { continue; }
      line += weight(ox, kx) * x[((image * s.height + u32(y)) * s.width + u32(at)) * s.channels + channel];
    }
    sum += weight(oy, ky) * line;
  }
  out[i] = s.gain * sum;`,
});

export function fir(x: tf.TensorInfo, kind: Fir, gain: number): tf.TensorInfo {
  const [b, h, w, c] = x.shape;
  const [height, width] = [h, w].map(sizeAfter[kind]);
  const out = outputOf([b, height, width, c]);
  const count = b * height * width * c;
  const [stride, before] = kind === 'up' ? [1, 0] : STEPS[kind];
  dispatch(filter, {
    whole: [count, h, w, c, height, width, Number(kind === 'up'), stride, before],
    real: [gain],
    reads: [x],
    writes: [out],
    workgroups: workgroupsFor(count),
  });
  return out;
}
