/**
 * One iteration of SynDiff in the official order: the diffusive discriminators, the non-diffusive ones, all generators
 * (SYNDIFF.md section 4). Nothing is computed twice or for nothing: the discriminators' phases do not differentiate the
 * generators. The generators' loss is a sum, so its terms are differentiated one after another and only one term's insides are in
 * memory at a time.
 */
import { qSamplePairs, samplePosterior } from '../../diffusion/diffusion';
import { makeSchedule, type Schedule } from '../../diffusion/schedule';
import {
  type DiffusiveDiscriminatorWeights,
  runDiffusiveDiscriminator,
} from '../../networks/diffusiveDiscriminator/run';
import { denoiserOf, type NcsnppWeights } from '../../networks/ncsnpp/run';
import type { Pieces } from '../../pieces';
import * as tf from '../../tf';
import {
  type GradientHook,
  GradientSums,
  type Iteration,
  iterationOf,
  type Losses,
  type Rates,
  sumOf,
  type TrainingState,
  type TrainStep,
} from '../../training/iteration';
import { fakeLoss, l1Loss, r1Penalty, realLoss } from '../../training/losses';
import { parametersOf } from '../../training/networks';
import { otherSide, SIDES, type Side } from '../../training/sides';
import { hasR, judgesDiffusive, trainedSides } from '../../training/variant';
import { NonDiffusive } from '../resnet/nonDiffusive';
import { drawsOf, type PhaseDraws, type StepDraws } from './draws';
import { generatorOf, learnsR, OPTIONS } from './training';

export const trainStep: TrainStep = (state, images, rates, onGradients) =>
  trainStepWith(drawsOf(state.settings, state.step), state, images, rates, onGradients);

/** The same with given draws. */
export function trainStepWith(
  draws: StepDraws,
  state: TrainingState,
  images: Record<Side, tf.Tensor4D>,
  rates: Rates,
  onGradients?: GradientHook,
): Pieces<Losses> {
  return iterationOf(function* (iteration) {
    const learns = learnsR(state.settings, state.step);
    const diffusive = new Diffusive(iteration, learns);
    const { r } = diffusive;
    if (r) yield* r.translate();
    yield* diffusive.discriminators(draws.d);
    const gradients = new GradientSums();
    if (r && learns) yield* r.discriminators();
    yield* diffusive.generators(draws.g, gradients);
    if (r && learns) yield* r.generators(gradients);
    r?.dispose();
    gradients.updateAll(iteration);
  })(state, images, rates, onGradients);
}

class Diffusive {
  readonly r: NonDiffusive | null;
  private readonly schedule: Schedule;

  /** @param learns whether R does */
  constructor(
    private readonly iteration: Iteration,
    private readonly learns: boolean,
  ) {
    const { variant, diffusion } = iteration.state.settings;
    this.schedule = makeSchedule(diffusion);
    this.r = hasR(variant)
      ? new NonDiffusive(iteration, learns ? SIDES : trainedSides(variant).map(otherSide), learns)
      : null;
  }

  /** Phase 1, eq. 11's counterpart: real pairs of the chain against those of G's estimate. */
  *discriminators(draws: Record<Side, PhaseDraws>): Pieces<void> {
    const { iteration } = this;
    const { settings, step } = iteration.state;
    if (!judgesDiffusive(settings.variant)) return;
    for (const side of trainedSides(settings.variant)) {
      const network = iteration.network(`d.${side}`);
      const { t } = draws[side];
      const [fake, xT, xNext] = tf.tidy(() => {
        const pair = this.pair(side, draws[side]);
        const x0 = this.denoise(side, pair.xNext, this.condition(side), draws[side]);
        return [this.posterior(x0, pair.xNext, draws[side]), pair.xT, pair.xNext];
      });
      yield;
      const judge = (x: tf.Tensor4D) => this.judge(side, x, t, xNext);
      const terms = [iteration.term('dDiffusiveReal', 1, () => realLoss(judge(xT)), network)];
      yield;
      terms.push(iteration.term('dDiffusiveFake', 1, () => fakeLoss(judge(fake)), network));
      yield;
      if (step % settings.options[OPTIONS.every.id] === 0) {
        const gamma = settings.options[OPTIONS.gamma.id];
        const penalty = iteration.term('r1', gamma / 2, () => r1Penalty(judge, xT), network);
        iteration.onGradients(`d.${side}`, penalty, 'r1');
        terms.push(penalty);
        yield;
      }
      tf.dispose([fake, xT, xNext]);
      iteration.update(`d.${side}`, sumOf(terms));
    }
  }

  /** Phase 3: the diffusive generators against discriminators that stand still. */
  *generators(draws: Record<Side, PhaseDraws>, gradients: GradientSums): Pieces<void> {
    const { iteration, r, learns } = this;
    const { variant, options } = iteration.state.settings;
    const l1Weight = options[OPTIONS.l1.id];
    for (const side of trainedSides(variant)) {
      const network = iteration.network(`g.${side}`);
      const condition = this.condition(side);
      const toCondition = learns ? [condition] : [];
      const loss = () => {
        const { xNext } = this.pair(side, draws[side]);
        const x0 = this.denoise(side, xNext, condition, draws[side]);
        const l1 = iteration.note('l1', l1Loss(x0, iteration.x[side]));
        if (!judgesDiffusive(variant)) return tf.mul(l1, l1Weight) as tf.Scalar;
        const made = this.posterior(x0, xNext, draws[side]);
        const logits = this.judge(side, made, draws[side].t, xNext);
        const adversarial = tf.mul(
          iteration.note('gDiffusive', realLoss(logits)),
          options[OPTIONS.adversarial.id],
        );
        return tf.add(adversarial, tf.mul(l1, l1Weight)) as tf.Scalar;
      };
      const all = iteration.generatorTerm(loss, [...parametersOf(network), ...toCondition]);
      if (learns) r!.want(otherSide(side), all.pop()!);
      gradients.add(`g.${side}`, all);
      yield;
    }
  }

  /** What is given to the generator of a side: R's synthetic image of the other contrast, or the real one, at which an unconditional one does not look. */
  private condition(side: Side): tf.Tensor4D {
    const other = otherSide(side);
    return this.r ? this.r.image(other) : this.iteration.x[other];
  }

  private pair(side: Side, { t, noise, pairNoise }: PhaseDraws) {
    const real = this.iteration.x[side];
    const image = (values: Float32Array) => tf.tensor4d(values, real.shape);
    return qSamplePairs(this.schedule, real, t, image(noise), image(pairNoise));
  }

  /** x0~ = G([x_(t+1), condition], t, z), first channel. */
  private denoise(side: Side, xNext: tf.Tensor4D, condition: tf.Tensor4D, { t, z }: PhaseDraws): tf.Tensor4D {
    const { settings } = this.iteration.state;
    const { recompute } = settings;
    const generator = generatorOf(settings);
    const weights = this.iteration.network(`g.${side}`).tree as NcsnppWeights;
    const denoise = denoiserOf({ config: generator, weights, fourierFrequencies: null, recompute });
    return denoise(xNext, condition, t, tf.tensor2d(z, [xNext.shape[0], generator.nz]));
  }

  private posterior(x0: tf.Tensor4D, xNext: tf.Tensor4D, { t, posteriorNoise }: PhaseDraws): tf.Tensor4D {
    return samplePosterior(this.schedule, x0, xNext, t, tf.tensor4d(posteriorNoise, xNext.shape));
  }

  private judge(side: Side, x: tf.Tensor4D, t: readonly number[], xNext: tf.Tensor4D): tf.Tensor2D {
    const { discriminator, widths } = this.iteration.state.settings;
    const weights = this.iteration.network(`d.${side}`).tree as DiffusiveDiscriminatorWeights;
    const network = { size: discriminator, timeDim: widths.timeEmbedding, weights };
    return runDiffusiveDiscriminator(network, x, t, xNext);
  }
}
