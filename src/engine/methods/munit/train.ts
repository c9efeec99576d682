/**
 * One iteration of MUNIT in the official order: the discriminators, then all encoders and decoders (BASELINES.md section 3). What
 * begins with one contrast is differentiated by itself, as in cGAN.
 */
import { type DecoderWeights, type EncoderWeights, runEncoder } from '../../networks/contentAutoencoder/run';
import {
  decodeWithStyle,
  runStyleEncoder,
  type StyleEncoderWeights,
  type StyleNetworkWeights,
} from '../../networks/contentAutoencoder/style';
import * as tf from '../../tf';
import { GradientSums, iterationOf, type TrainStep } from '../../training/iteration';
import { l1Loss } from '../../training/losses';
import { otherSide, SIDES, type Side } from '../../training/sides';
import { type NamedDraws, namedDraws } from '../unit/draws';
import { adversarialTerm, discriminate } from '../unit/multiScale';
import { OPTIONS } from './training';

export const trainStep: TrainStep = (state, ...rest) =>
  munitStep(namedDraws(state.settings, state.step))(state, ...rest);

/** With given draws: "d.a" and "g.a" are styles of images that are made of a contrast, in either phase. */
export const munitStep = (draws: NamedDraws): TrainStep =>
  iterationOf(function* (iteration) {
    const { state, x: images } = iteration;
    const { options, batch } = state.settings;
    const tree = (name: string) => iteration.network(name).tree;
    const content = (side: Side, x: tf.Tensor4D) => runEncoder(tree(`e.${side}`) as EncoderWeights, x);
    const style = (side: Side, x: tf.Tensor4D) =>
      runStyleEncoder(tree(`s.${side}`) as StyleEncoderWeights, x);
    const decode = (side: Side, code: tf.Tensor4D, of: tf.Tensor2D) =>
      decodeWithStyle(tree(`g.${side}`) as DecoderWeights & StyleNetworkWeights, code, of);
    const drawn = (name: string) => {
      const length = options[OPTIONS.styleDim.id];
      return tf.tensor2d(draws(name, batch * length), [batch, length]);
    };

    for (const side of SIDES) {
      const from = otherSide(side);
      const made = tf.tidy(() => decode(side, content(from, images[from]), drawn(`d.${side}`)));
      yield;
      yield* discriminate(iteration, side, made);
      made.dispose();
    }
    const gradients = new GradientSums();
    const learning = SIDES.flatMap((side) => [`e.${side}`, `g.${side}`, `s.${side}`]);
    for (const from of SIDES) {
      const to = otherSide(from);
      const real = images[from];
      const loss = () => {
        const code = content(from, real);
        const given = drawn(`g.${to}`);
        const made = decode(to, code, given);
        const own = decode(from, code, style(from, real));
        const weighted = (name: string, of: tf.Scalar, { id }: { id: string }) =>
          tf.mul(iteration.note(name, of), options[id]);
        return tf.addN([
          weighted('reconstruction', l1Loss(own, real), OPTIONS.image),
          // The code is pulled towards what is read off as well.
          weighted('content', l1Loss(content(to, made), code), OPTIONS.content),
          weighted('style', l1Loss(style(to, made), given), OPTIONS.style),
          adversarialTerm(iteration, to, made),
        ]) as tf.Scalar;
      };
      iteration.generatorTermOf(loss, learning, gradients);
      yield;
    }
    gradients.updateAll(iteration);
  });
