/**
 * Spectral norm of convolutions (Miyato et al. 2018): a kernel W, as a matrix of [inputs, outputs], is divided by its largest singular
 * value, of which one step of the power iteration a forward pass keeps track. With u of length `outputs`, kept from pass to pass:
 *
 *   v = W u / |W u|,  u <- Wᵀ v / |Wᵀ v|,  sigma = vᵀ W u,  W / sigma
 *
 * u and v are constants of the derivative (BASELINES.md section 5).
 */
import * as tf from '../tf';
import type { Conv } from './parameters';

/** Of PyTorch. */
const EPSILON = 1e-12;

/** Singular vectors of a kernel's matrix, as far as they are known: [inputs, 1] and [outputs, 1]. */
export interface Singular {
  v: tf.Tensor2D;
  u: tf.Tensor2D;
}

/** [kh, kw, in, out] -> [kh kw in, out]. */
const asMatrix = (kernel: tf.Tensor): tf.Tensor2D =>
  tf.reshape(kernel, [-1, kernel.shape[3]!]) as tf.Tensor2D;

const unit = (x: tf.Tensor2D): tf.Tensor2D => tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), EPSILON));

/** One step of the power iteration. @param u [outputs], of the step before */
export function powerStep(kernel: tf.Tensor, u: tf.Tensor): Singular {
  return tf.tidy(() => {
    const matrix = asMatrix(kernel);
    const v = unit(tf.matMul(matrix, tf.reshape(u, [-1, 1])) as tf.Tensor2D);
    return { v, u: unit(tf.matMul(matrix, v, true) as tf.Tensor2D) };
  });
}

/** The convolution by its largest singular value; differentiable in the kernel. */
export function normalised({ weight, bias }: Conv, { u, v }: Singular): Conv {
  const sigma = tf.sum(tf.mul(tf.matMul(asMatrix(weight), u), v));
  return { weight: tf.div(weight, sigma) as Conv['weight'], bias };
}
