/** The feature network (BASELINES.md section 9): five convolutions of stride 2, the mean of each channel. */
import * as tf from '../../tf';
import { conv2d, dense, instanceNorm, meanOverPositions } from '../layers';
import type { Conv, Dense } from '../parameters';
import { FEATURES } from './config';

export type FeatureNetworkWeights = {
  convs: Conv[];
  /** What it was trained by; features do without. */
  contrast?: Dense;
  height?: Dense;
};

/** [b, 128, 128, 1] in [-1, 1] -> [b, 128]. Brighter or darker as a whole is the same to it. */
export function runFeatureNetwork({ convs }: FeatureNetworkWeights, x: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => {
    const maps = convs.reduce((h, conv) => instanceNorm(conv2d(conv, h, 2, 1), 'relu'), x);
    return tf.reshape(meanOverPositions(maps), [x.shape[0], FEATURES]);
  });
}

/** The heads of a trained network on its features: logits of its contrasts, [b, n], and the slice's height in the head, [b, 1]. */
export function runFeatureHeads(
  { contrast, height }: FeatureNetworkWeights,
  features: tf.Tensor2D,
): { contrast: tf.Tensor2D; height: tf.Tensor2D } | null {
  if (!contrast || !height) return null;
  return { contrast: dense(contrast, features), height: dense(height, features) };
}
