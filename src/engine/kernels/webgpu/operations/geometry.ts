/** What the shaders of a convolution's gradients read of it: names and numbers, in one order. */
import type * as tf from '../../../tf';

export const GEOMETRY = [
  ...['height', 'width', 'channels', 'outHeight', 'outWidth', 'outChannels'],
  ...['filterWidth', 'strideY', 'strideX', 'top', 'left'],
];

export const geometryOf = (info: tf.backend_util.Conv2DInfo): number[] => [
  ...[info.inHeight, info.inWidth, info.inChannels, info.outHeight, info.outWidth, info.outChannels],
  ...[info.filterWidth, info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left],
];
