/** Sums and activations, number by number, as wasm/operations/pointwise.ts and layers.ts have them: one shader for all. */
import type * as tf from '../../../tf';
import { dispatch, eachNumber, outputOf, workgroupsFor } from '../dispatch';

const KINDS = ['sum', 'addToChannels', 'silu', 'siluBack', 'leakyBack'] as const;
type Kind = (typeof KINDS)[number];

const pointwise = eachNumber('pointwise', {
  whole: ['kind', 'channels', 'ofImage', 'step'],
  real: ['byA', 'byB'],
  reads: ['a', 'b'],
  writes: ['out'],
  functions: 'fn sigmoid(u: f32) -> f32 { return 1.0 / (1.0 + exp(min(-u, 80.0))); }',
  body: `  let x = a[i];
  switch s.kind {
    case 0u: { out[i] = s.byA * x + s.byB * b[i]; }
    case 1u: { out[i] = x + b[i / s.ofImage * s.step + i % s.channels]; }
    case 2u: { out[i] = x * sigmoid(x); }
    case 3u: {
      let u = b[i];
      let q = sigmoid(u);
      out[i] = x * (q * (1.0 + u * (1.0 - q)));
    }
    default: { out[i] = x * select(s.byA, 1.0, b[i] > 0.0); }
  }`,
});

function run(
  kind: Kind,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  factors: readonly [number, number] = [1, 1],
  places: readonly [channels: number, ofImage: number, step: number] = [1, 1, 0],
): tf.TensorInfo {
  const out = outputOf(a.shape);
  const count = a.shape.reduce((product, n) => product * n, 1);
  dispatch(pointwise, {
    whole: [count, KINDS.indexOf(kind), ...places],
    real: factors,
    reads: [a, b],
    writes: [out],
    workgroups: workgroupsFor(count),
  });
  return out;
}

export const sum = (a: tf.TensorInfo, b: tf.TensorInfo, byA: number, byB: number) =>
  run('sum', a, b, [byA, byB]);
export const scaled = (x: tf.TensorInfo, by: number) => run('sum', x, x, [by, 0]);
export const silu = (x: tf.TensorInfo) => run('silu', x, x);
export const siluBack = (dy: tf.TensorInfo, x: tf.TensorInfo) => run('siluBack', dy, x);
/** dy where x is positive, slope dy elsewhere. */
export const leakyBack = (dy: tf.TensorInfo, x: tf.TensorInfo, slope: number) =>
  run('leakyBack', dy, x, [slope, 0]);

/** [b, h, w, c], and c numbers, or c for each image. */
export function addToChannels(x: tf.TensorInfo, bias: tf.TensorInfo): tf.TensorInfo {
  const [, h, w, c] = x.shape;
  const isOne = bias.shape.reduce((product, n) => product * n, 1) === c;
  return run('addToChannels', x, bias, [1, 1], [c, h * w * c, isOne ? 0 : c]);
}
