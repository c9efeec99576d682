/** Dense layers of few rows, as those of style and time are: a dispatch each for the layer and its two gradients. Many rows are TensorFlow.js's. */
import * as tf from '../../../tf';
import { dispatch, eachNumber, outputOf, program, THREADS, workgroupsFor } from '../dispatch';
import { ceilDiv } from '../wgsl';

/** From here on a product that shares what it reads is faster. */
const MANY_ROWS = 32;

/** Threads side by side on what lies side by side in the weights, so that they read it at once. */
const LANES = 16;

// x W + b, or, with the weights turned, dy W^T. Of each output the sum is shared out over threads.
const product = program('dense', {
  whole: ['inner', 'outputs', 'innerStep', 'outputStep', 'isTurned', 'hasBias'],
  reads: ['x', 'weight', 'bias'],
  writes: ['out'],
  functions: `var<workgroup> sums: array<f32, ${THREADS}>;`,
  body: `  let isTurned = s.isTurned == 1u;
  let lane = thread % ${LANES}u;
  let row = thread / ${LANES}u;
  let part = select(row, lane, isTurned);
  let parts = select(${THREADS / LANES}u, ${LANES}u, isTurned);
  let output = group.x * (${THREADS}u / parts) + select(lane, row, isTurned);
  var sum = 0.0;
  if (output < s.outputs) {
    for (var i = part; i < s.inner; i += parts) {
      sum += x[group.y * s.inner + i] * weight[i * s.innerStep + output * s.outputStep];
    }
  }
  sums[thread] = sum;
  workgroupBarrier();
  if (part > 0u || output >= s.outputs) { return; }
  let step = select(${LANES}u, 1u, isTurned);
  for (var other = 1u; other < parts; other++) { sum += sums[thread + other * step]; }
  if (s.hasBias == 1u) { sum += bias[output]; }
  out[group.y * s.outputs + output] = sum;`,
});

function multiply(
  x: tf.TensorInfo,
  weight: tf.TensorInfo,
  bias: tf.TensorInfo | null,
  isTurned: boolean,
): tf.TensorInfo {
  const [rows, inner] = x.shape;
  const outputs = weight.shape[isTurned ? 0 : 1];
  const out = outputOf([rows, outputs]);
  const steps = isTurned ? [1, inner] : [outputs, 1];
  dispatch(product, {
    whole: [inner, outputs, ...steps, Number(isTurned), Number(bias !== null)],
    reads: [x, weight, bias ?? x],
    writes: [out],
    workgroups: [ceilDiv(outputs, isTurned ? THREADS / LANES : LANES), rows, 1],
  });
  return out;
}

const outer = eachNumber('dense weights', {
  whole: ['rows', 'inner', 'outputs'],
  reads: ['x', 'dy'],
  writes: ['out'],
  body: `  let channel = i / s.outputs;
  let output = i % s.outputs;
  var sum = 0.0;
  for (var row = 0u; row < s.rows; row++) { sum += x[row * s.inner + channel] * dy[row * s.outputs + output]; }
  out[i] = sum;`,
});

/** TensorFlow.js's product of matrices. */
function plainProduct(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias?: tf.TensorInfo,
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel('_FusedMatMul', 'webgpu');
  const attrs = { transposeA, transposeB, activation: 'linear' } as unknown as tf.NamedAttrMap;
  const [three, four] = [a, b].map((tensor) => ({ ...tensor, shape: [1, ...tensor.shape] }));
  const inputs = { a: three, b: four, ...(bias ? { bias } : {}) };
  const { dataId, shape, dtype } = kernelFunc({ inputs, attrs, backend: tf.backend() }) as tf.TensorInfo;
  return { dataId, shape: shape.slice(1), dtype };
}

/** x W + b, [rows, in] to [rows, out]. */
export function dense(x: tf.TensorInfo, weight: tf.TensorInfo, bias: tf.TensorInfo): tf.TensorInfo {
  if (x.shape[0] >= MANY_ROWS) return plainProduct(x, weight, false, false, bias);
  return multiply(x, weight, bias, false);
}

/** The gradient of x. */
export function denseBack(dy: tf.TensorInfo, weight: tf.TensorInfo): tf.TensorInfo {
  if (dy.shape[0] >= MANY_ROWS) return plainProduct(dy, weight, false, true);
  return multiply(dy, weight, null, true);
}

/** The gradient of the weights. */
export function denseFilterBack(x: tf.TensorInfo, dy: tf.TensorInfo): tf.TensorInfo {
  const [rows, inner] = x.shape;
  const outputs = dy.shape[1];
  if (rows >= MANY_ROWS) return plainProduct(x, dy, true, false);
  const out = outputOf([inner, outputs]);
  dispatch(outer, {
    whole: [inner * outputs, rows, inner, outputs],
    reads: [x, dy],
    writes: [out],
    workgroups: workgroupsFor(inner * outputs),
  });
  return out;
}
