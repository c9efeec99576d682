/**
 * One iteration of UNIT in the official order: the discriminators, then all encoders and decoders (BASELINES.md section 2). What
 * begins with one contrast is differentiated by itself, as in cGAN.
 */
import {
  type DecoderWeights,
  type EncoderWeights,
  runDecoder,
  runEncoder,
} from '../../networks/contentAutoencoder/run';
import * as tf from '../../tf';
import { GradientSums, iterationOf, type TrainStep } from '../../training/iteration';
import { l1Loss, meanSquare } from '../../training/losses';
import { otherSide, SIDES, type Side } from '../../training/sides';
import { type NamedDraws, namedDraws } from './draws';
import { adversarialTerm, discriminate } from './multiScale';
import { OPTIONS, training } from './training';

export const trainStep: TrainStep = (state, ...rest) =>
  unitStep(namedDraws(state.settings, state.step))(state, ...rest);

/** With given draws: "d.a" and "g.a" are of a contrast's code in either phase, "back.a" of the code of what was made of it. */
export const unitStep = (draws: NamedDraws): TrainStep =>
  iterationOf(function* (iteration) {
    const { state, x: images } = iteration;
    const { options } = state.settings;
    const encode = (side: Side, x: tf.Tensor4D) =>
      runEncoder(iteration.network(`e.${side}`).tree as EncoderWeights, x);
    const decode = (side: Side, code: tf.Tensor4D) =>
      runDecoder(iteration.network(`g.${side}`).tree as DecoderWeights, code);
    /** The code as the encoder's Gaussian of variance 1 gives it. */
    const noisy = (code: tf.Tensor4D, name: string) =>
      tf.add(code, tf.tensor4d(draws(name, code.size), code.shape)) as tf.Tensor4D;

    for (const side of SIDES) {
      const from = otherSide(side);
      const made = tf.tidy(() => decode(side, noisy(encode(from, images[from]), `d.${from}`)));
      yield;
      yield* discriminate(iteration, side, made);
      made.dispose();
    }
    const gradients = new GradientSums();
    const learning = SIDES.flatMap((side) => [`e.${side}`, `g.${side}`]);
    for (const from of SIDES) {
      const to = otherSide(from);
      const real = images[from];
      const loss = () => {
        const code = encode(from, real);
        const drawn = noisy(code, `g.${from}`);
        const made = decode(to, drawn);
        const back = encode(to, made);
        const terms = [
          tf.mul(
            iteration.note('reconstruction', l1Loss(decode(from, drawn), real)),
            options[OPTIONS.image.id],
          ),
          tf.mul(
            iteration.note('cycle', l1Loss(decode(from, noisy(back, `back.${from}`)), real)),
            options[OPTIONS.cycle.id],
          ),
          tf.mul(
            iteration.note('kl', tf.add(meanSquare(code), meanSquare(back)) as tf.Scalar),
            options[OPTIONS.kl.id],
          ),
          adversarialTerm(iteration, to, made),
        ];
        return tf.addN(terms) as tf.Scalar;
      };
      iteration.generatorTermOf(loss, learning, gradients);
      yield;
    }
    for (const tied of training.tied!(state.settings)) gradients.tie(tied, iteration);
    gradients.updateAll(iteration);
  });
