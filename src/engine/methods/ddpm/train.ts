/**
 * One iteration of DDPM on unpaired images (BASELINES.md section 6): R's discriminators; then the U-Nets, each given R's image of the
 * other contrast, through which its gradient reaches R, and R's own terms.
 */
import { noised } from '../../diffusion/ancestral';
import { COSINE_STEPS, makeCosineSchedule } from '../../diffusion/cosine';
import { noiseError, variationalBound } from '../../diffusion/hybridLoss';
import { uniforms } from '../../random';
import * as tf from '../../tf';
import { GradientSums, iterationOf, type TrainStep } from '../../training/iteration';
import { parametersOf } from '../../training/networks';
import type { TrainSettings } from '../../training/settings';
import { otherSide, type Side } from '../../training/sides';
import { trainKey } from '../../training/streams';
import { hasR, trainedSides } from '../../training/variant';
import { NonDiffusive } from '../resnet/nonDiffusive';
import { namedDraws } from '../unit/draws';
import { type DdpmWeights, runUnet } from './runUnet';
import { training } from './training';

/** Of a contrast: the time of each image, 0..999, and N(0, 1), `count` numbers. */
export interface DdpmDraws {
  times(side: Side): number[];
  noise(side: Side, count: number): Float32Array;
}

export const trainStep: TrainStep = (state, ...rest) =>
  ddpmStep(diffusionDraws(state.settings, state.step))(state, ...rest);

/** By the run's seed and the iteration alone. */
export function diffusionDraws(settings: Pick<TrainSettings, 'seed' | 'batch'>, step: number): DdpmDraws {
  const draw = namedDraws(settings, step);
  return {
    times: (side) =>
      Array.from(uniforms(trainKey(settings.seed, `time.${side}`, step), settings.batch), (u) =>
        Math.floor(u * COSINE_STEPS),
      ),
    noise: (side, count) => draw(`noise.${side}`, count),
  };
}

export const ddpmStep = (draws: DdpmDraws): TrainStep =>
  iterationOf(function* (iteration) {
    const { settings } = iteration.state;
    const config = training.network(settings);
    const schedule = makeCosineSchedule();
    const { variant } = settings;
    const r = hasR(variant) ? new NonDiffusive(iteration) : null;
    if (r) yield* r.translate();
    if (r) yield* r.discriminators();
    const gradients = new GradientSums();
    for (const side of trainedSides(variant)) {
      const network = iteration.network(`g.${side}`);
      const weights = network.tree as DdpmWeights;
      const condition = r?.image(otherSide(side));
      const real = iteration.x[side];
      const at = draws.times(side);
      const loss = () => {
        const noise = tf.tensor4d(draws.noise(side, real.size), real.shape);
        const x = noised(schedule, real, at, noise);
        const unet = { config, weights, recompute: settings.recompute };
        const out = runUnet(unet, condition ? tf.concat([x, condition], 3) : x, at);
        if (config.out_channels === 1) {
          const error = tf.mean(noiseError(noise, out)) as tf.Scalar;
          return iteration.note('noise', error);
        }
        const [found, v] = tf.split(out, 2, 3) as tf.Tensor4D[];
        const bound = variationalBound(schedule, real, x, at, found, v);
        const error = noiseError(noise, found);
        return tf.add(
          iteration.note('noise', tf.mean(error)),
          iteration.note('bound', tf.mean(bound)),
        ) as tf.Scalar;
      };
      const all = iteration.generatorTerm(loss, [
        ...parametersOf(network),
        ...(condition ? [condition] : []),
      ]);
      if (r) r.want(otherSide(side), all.pop()!);
      gradients.add(`g.${side}`, all);
      yield;
    }
    if (r) yield* r.generators(gradients);
    r?.dispose();
    gradients.updateAll(iteration);
  });
