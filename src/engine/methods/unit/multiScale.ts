/** The adversarial side of UNIT and MUNIT: LSGAN over several sizes of the image, summed and not halved. */
import {
  type MultiScaleWeights,
  runMultiScaleDiscriminator,
} from '../../networks/multiScaleDiscriminator/run';
import type { Pieces } from '../../pieces';
import * as tf from '../../tf';
import { type Iteration, sumOf } from '../../training/iteration';
import { leastSquares } from '../../training/losses';
import type { Side } from '../../training/sides';

/** Updates the discriminator of a contrast. @param made an image of it, which is not differentiated */
export function* discriminate(iteration: Iteration, side: Side, made: tf.Tensor4D): Pieces<void> {
  const network = iteration.network(`d.${side}`);
  const term = (name: string, x: tf.Tensor4D, wanted: 0 | 1) =>
    iteration.term(name, 1, () => overScales(iteration, side, x, wanted), network);
  const real = term('dReal', iteration.x[side], 1);
  yield;
  const fake = term('dFake', made, 0);
  yield;
  iteration.update(`d.${side}`, sumOf([real, fake]));
}

/** What a made image should be called, noted. */
export function adversarialTerm(iteration: Iteration, side: Side, made: tf.Tensor4D): tf.Scalar {
  return iteration.note('adversarial', overScales(iteration, side, made, 1));
}

function overScales(iteration: Iteration, side: Side, x: tf.Tensor4D, wanted: 0 | 1): tf.Scalar {
  const weights = iteration.network(`d.${side}`).tree as MultiScaleWeights;
  return tf.addN(runMultiScaleDiscriminator(weights, x).map((logits) => leastSquares(logits, wanted)));
}
