import * as tf from '../tf';
import { isRecording, vjp } from './vjp';

/**
 * f(...xs), of whose insides the backward pass keeps nothing but xs: it runs f once more (gradient checkpointing, Chen et
 * al. 2016). First derivatives only.
 * @param weights the other tensors that f reads and whose gradients are wanted; they must outlive the backward pass
 */
export function recomputed<T extends tf.Tensor, X extends tf.Tensor[]>(
  f: (...xs: X) => T,
  xs: X,
  weights: readonly tf.Tensor[],
): T {
  if (!isRecording()) return f(...xs);
  const operation = tf.customGrad((...inputs) => {
    const save = inputs.pop() as unknown as tf.GradSaveFunc;
    const own = (inputs as tf.Tensor[]).slice(0, xs.length) as X;
    save(own);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const { value, pullback } = vjp(() => f(...(saved as X)), [...saved, ...weights]);
      value.dispose();
      return pullback(dy);
    };
    return { value: f(...own), gradFunc };
  });
  return operation(...xs, ...weights) as T;
}
