/** Mirrored borders and their adjoint, in one pass each (networks/reflectPad.ts). */
import type * as tf from '../../../tf';
import { dispatch, eachNumber, outputOf, workgroupsFor } from '../dispatch';

const SIZES = { whole: ['height', 'width', 'channels', 'border'], reads: ['x'], writes: ['out'] };

const pad = eachNumber('reflect pad', {
  ...SIZES,
  functions: `fn mirrored(at: u32, size: u32) -> u32 {
  let inside = abs(i32(at) - i32(s.border));
  return u32(min(inside, 2 * i32(size) - 2 - inside));
}`,
  body: `  let across = s.width + 2u * s.border;
  let down = s.height + 2u * s.border;
  let pixel = i / s.channels;
  let row = pixel / across;
  let y = row / down * s.height + mirrored(row % down, s.height);
  out[i] = x[(y * s.width + mirrored(pixel % across, s.width)) * s.channels + i % s.channels];`,
});

/** Sizes are those of the result. What was mirrored over a border is added to where it came from. */
const fold = eachNumber('reflect fold', {
  ...SIZES,
  functions: `// Where the k-th copy of a pixel lies in the padded image; -1: there is none.
fn placeOf(at: u32, size: u32, k: u32) -> i32 {
  let n = i32(s.border);
  let p = i32(at);
  let last = i32(size) - 1;
  if (k == 0u) { return n + p; }
  if (k == 1u) { return select(-1, n - p, p >= 1 && p <= n); }
  return select(-1, n + 2 * last - p, p < last && p >= last - n);
}`,
  body: `  let across = s.width + 2u * s.border;
  let down = s.height + 2u * s.border;
  let pixel = i / s.channels;
  let row = pixel / s.width;
  var sum = 0.0;
  for (var ky = 0u; ky < 3u; ky++) {
    let y = placeOf(row % s.height, s.height, ky);
    if (y < 0) { continue; }
    for (var kx = 0u; kx < 3u; kx++) {
      let at = placeOf(pixel % s.width, s.width, kx);
      if (at < 0) { continue; }
      sum += x[((row / s.height * down + u32(y)) * across + u32(at)) * s.channels + i % s.channels];
    }
  }
  out[i] = sum;`,
});

/** [b, h, w, c] with `border` more pixels on every side, or, folded, as many less. */
export function reflect(x: tf.TensorInfo, border: number, isFold: boolean): tf.TensorInfo {
  const [b, height, width, c] = x.shape;
  const more = isFold ? -2 * border : 2 * border;
  const shape = [b, height + more, width + more, c];
  const [, h, w] = isFold ? shape : x.shape;
  const out = outputOf(shape);
  const count = shape.reduce((product, n) => product * n, 1);
  dispatch(isFold ? fold : pad, {
    whole: [count, h, w, c, border],
    reads: [x],
    writes: [out],
    workgroups: workgroupsFor(count),
  });
  return out;
}
