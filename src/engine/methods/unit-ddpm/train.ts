/**
 * One iteration of UNIT-DDPM (BASELINES.md section 7): the U-Nets on images that the translation functions made, then the translation
 * functions through U-Nets that stand still. The noise belongs to a contrast, the time to the real image.
 */
import type { Vjp } from '../../autodiff/vjp';
import { noised } from '../../diffusion/ancestral';
import { makeCosineSchedule } from '../../diffusion/cosine';
import { noiseError } from '../../diffusion/hybridLoss';
import { type DdpmUnetWeights, runDdpmUnet } from '../../networks/ddpmUnet/run';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import * as tf from '../../tf';
import { GradientSums, iterationOf, type TrainStep } from '../../training/iteration';
import { l1Loss } from '../../training/losses';
import { parametersOf } from '../../training/networks';
import { otherSide, SIDES, type Side } from '../../training/sides';
import { type DdpmDraws, diffusionDraws } from '../ddpm/train';
import { CYCLE_WEIGHT } from '../ddpm/training';
import { training } from './training';

export const trainStep: TrainStep = (state, ...rest) =>
  unitDdpmStep(diffusionDraws(state.settings, state.step))(state, ...rest);

export const unitDdpmStep = (draws: DdpmDraws): TrainStep =>
  iterationOf(function* (iteration) {
    const { state, x: images } = iteration;
    const { settings } = state;
    const config = training.network(settings);
    const schedule = makeCosineSchedule();
    const { shape, size } = images.a;
    const noise = {
      a: tf.tensor4d(draws.noise('a', size), shape),
      b: tf.tensor4d(draws.noise('b', size), shape),
    };
    const times = { a: draws.times('a'), b: draws.times('b') };
    /** Mean square error of the noise that a contrast's U-Net finds in `own`, beside `other`. */
    const error = (side: Side, own: tf.Tensor4D, other: tf.Tensor4D, at: readonly number[]) => {
      const weights = iteration.network(`g.${side}`).tree as DdpmUnetWeights;
      const unet = { config, weights, recompute: settings.recompute };
      return tf.mean(noiseError(noise[side], runDdpmUnet(unet, tf.concat([own, other], 3), at))) as tf.Scalar;
    };
    const translate = (to: Side, x: tf.Tensor4D) =>
      runResnetGenerator(iteration.network(`r.${to}`).tree as ResnetGeneratorWeights, x);
    /** A real image of a contrast and what is made of it, both at the real one's time. */
    const pair = (from: Side, made: tf.Tensor4D) => {
      const at = times[from];
      const to = otherSide(from);
      return {
        at,
        own: noised(schedule, images[from], at, noise[from]),
        other: noised(schedule, made, at, noise[to]),
      };
    };

    const made = {} as Record<Side, Vjp<tf.Tensor4D>>;
    for (const from of SIDES) {
      const to = otherSide(from);
      const network = iteration.network(`r.${to}`);
      made[to] = iteration.record(() => translate(to, images[from]), parametersOf(network));
      yield;
    }
    for (const side of SIDES) {
      const loss = () => {
        const { own, other, at } = pair(side, made[otherSide(side)].value);
        return error(side, own, other, at);
      };
      iteration.update(`g.${side}`, iteration.term('noise', 1, loss, iteration.network(`g.${side}`)));
      yield;
    }

    const gradients = new GradientSums();
    for (const from of SIDES) {
      const to = otherSide(from);
      const fake = made[to].value;
      const back = iteration.network(`r.${from}`);
      const loss = () => {
        const { own, other, at } = pair(from, fake);
        const cycle = iteration.note('cycle', l1Loss(translate(from, fake), images[from]));
        return tf.addN([
          iteration.note('translation', error(from, own, other, at)),
          iteration.note('crossed', error(to, other, own, at)),
          tf.mul(cycle, settings.options[CYCLE_WEIGHT.id]),
        ]) as tf.Scalar;
      };
      const all = iteration.generatorTerm(loss, [...parametersOf(back), fake]);
      const wanted = all.pop()!;
      gradients.add(`r.${from}`, all);
      yield;
      gradients.add(`r.${to}`, made[to].pullback(wanted));
      wanted.dispose();
      yield;
    }
    gradients.updateAll(iteration);
    tf.dispose([noise.a, noise.b, made.a.value, made.b.value]);
  });
