/**
 * z to style and t to its embedding's vector: a third of a million products, which the CPU has done, in float64, before a GPU would have begun.
 */

import type * as tf from '../../tf';
import type { Values } from './graph';

export interface DenseLayer {
  weight: tf.Tensor;
  bias: tf.Tensor;
}

/**
 * @param latents [b, nz]; embeddings [b, dim], of t
 * @returns of each batch entry the style, then the SiLU of the time network's output, as all blocks take it
 */
export function mapping(
  layers: { style: readonly DenseLayer[]; time: readonly DenseLayer[] },
  latents: Float32Array,
  embeddings: Float32Array,
  batch: number,
  values: Values,
): Float32Array<ArrayBuffer> {
  const entry = (all: Float32Array, b: number) =>
    Float64Array.from(all.subarray((b * all.length) / batch, ((b + 1) * all.length) / batch));
  const through = (network: readonly DenseLayer[], x: Float64Array) =>
    network.reduce((h, { weight, bias }) => silu(dense(values(weight), values(bias), h)), x);
  const rows = Array.from({ length: batch }, (_, b) => [
    ...through(layers.style, pixelNorm(entry(latents, b))),
    ...through(layers.time, entry(embeddings, b)),
  ]);
  return Float32Array.from(rows.flat());
}

/** z / sqrt(mean z^2 + 1e-8). */
function pixelNorm(z: Float64Array): Float64Array {
  const square = z.reduce((sum, v) => sum + v * v, 0) / z.length;
  return z.map((v) => v / Math.sqrt(square + 1e-8));
}

function dense(weight: Float32Array, bias: Float32Array, x: Float64Array): Float64Array {
  const out = Float64Array.from(bias);
  x.forEach((v, i) => {
    for (let j = 0; j < out.length; j++) out[j] += v * weight[i * out.length + j];
  });
  return out;
}

function silu(x: Float64Array): Float64Array {
  return x.map((v) => v / (1 + Math.exp(-v)));
}
