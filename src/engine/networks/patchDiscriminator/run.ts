/** The non-diffusive discriminator, a PatchGAN on 70x70 patches. */
import { leakyRelu } from '../../autodiff/leakyRelu';
import * as tf from '../../tf';
import { conv2d, instanceNorm } from '../layers';
import type { Conv } from '../parameters';

export type PatchDiscriminatorWeights = { convs: Conv[] };

/** 70x70 PatchGAN: [b, h, w, 1] -> logits [b, h', w', 1]; all layers halve but the last two. */
export function runPatchDiscriminator({ convs }: PatchDiscriminatorWeights, x: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() =>
    convs.reduce((h, conv, i) => {
      const last = i === convs.length - 1;
      const y = conv2d(conv, h, i < convs.length - 2 ? 2 : 1, 1);
      if (last) return y;
      return i === 0 ? leakyRelu(y, 0.2) : instanceNorm(y, { slope: 0.2 });
    }, x),
  );
}
