/**
 * One training iteration in the official order: the diffusive discriminators, the non-diffusive ones, all generators
 * (SYNDIFF.md section 4). Nothing is computed twice or for nothing: R(x) runs once and its backward pass waits for the
 * generators' phase, and the discriminators' phases do not differentiate the generators. The generators' loss is a sum, so its
 * terms are differentiated one after another and only one term's insides are in memory at a time.
 */
import { type Vjp, valueAndGradients, vjp } from '../autodiff/vjp';
import { qSamplePairs, samplePosterior } from '../diffusion/diffusion';
import type { Schedule } from '../diffusion/schedule';
import { runDiffusiveDiscriminator } from '../networks/diffusiveDiscriminator/run';
import { runGenerator } from '../networks/ncsnpp/run';
import { runPatchDiscriminator } from '../networks/patchDiscriminator/run';
import { runResnetGenerator } from '../networks/resnetGenerator/run';
import * as tf from '../tf';
import { updateByAdam } from './adam';
import type { PhaseDraws, StepDraws } from './draws';
import { fakeLoss, l1Loss, r1Penalty, realLoss } from './losses';
import {
  asDiffusiveDiscriminator,
  asGenerator,
  asPatch,
  asResnet,
  isAveraged,
  type NetworkName,
  type Networks,
  parametersOf,
  type TrainedNetwork,
  updateAverage,
} from './networks';
import type { LossName } from './reports';
import { hasR, otherSide, SIDES, type Side, type TrainSettings, trainedSides, trainsR } from './settings';

export interface TrainingState {
  settings: TrainSettings;
  schedule: Schedule;
  networks: Networks;
  /** Iterations done. */
  step: number;
}

/** The scalars of an iteration, to be read and disposed by the caller. */
export type Losses = Map<LossName, tf.Scalar>;

/** Sees the gradients of a network before its update, and those of R1 alone; they are disposed after the call. */
export type GradientHook = (name: NetworkName, gradients: readonly tf.Tensor[], of: 'all' | 'r1') => void;

/**
 * @param images one batch of each contrast, [b, h, w, 1], [-1, 1]; borrowed
 * @param rates learning rates of this iteration
 */
export function trainStep(
  state: TrainingState,
  images: Record<Side, tf.Tensor4D>,
  draws: StepDraws,
  rates: { generators: number; discriminators: number },
  onGradients: GradientHook = () => undefined,
): Losses {
  const iteration = new Iteration(state, images, rates, onGradients);
  iteration.diffusiveDiscriminators(draws.d);
  iteration.patchDiscriminators();
  iteration.generators(draws.g);
  state.step++;
  return iteration.losses;
}

/** What an iteration's phases share: the images, R's translations and the losses so far. */
class Iteration {
  readonly losses: Losses = new Map();
  /** R's synthetic image of each contrast, from the other one's real image; recorded where R learns. */
  private readonly translated: Partial<Record<Side, Vjp<tf.Tensor4D>>> = {};

  constructor(
    private readonly state: TrainingState,
    private readonly x: Record<Side, tf.Tensor4D>,
    private readonly rates: { generators: number; discriminators: number },
    private readonly onGradients: GradientHook,
  ) {
    const { variant } = state.settings;
    if (!hasR(variant)) return;
    for (const side of SIDES) {
      // A frozen R is needed only for the condition of a side that trains.
      if (!trainsR(variant) && !trainedSides(variant).includes(otherSide(side))) continue;
      const network = this.network(`r.${side}`);
      const run = () => runResnetGenerator(asResnet(network), x[otherSide(side)]);
      this.translated[side] = trainsR(variant)
        ? vjp(run, parametersOf(network))
        : { value: run(), pullback: () => [], dispose: () => undefined };
    }
  }

  /** Phase 1, eq. 11's counterpart: real pairs of the chain against those of G's estimate. */
  diffusiveDiscriminators(draws: Record<Side, PhaseDraws>): void {
    const { settings, step } = this.state;
    if (!settings.variant.adversarial || !settings.variant.diffusion) return;
    for (const side of trainedSides(settings.variant)) {
      const network = this.network(`d.${side}`);
      const discriminator = asDiffusiveDiscriminator(settings, network);
      const { t } = draws[side];
      const [fake, xT, xNext] = tf.tidy(() => {
        const pair = this.pair(side, draws[side]);
        const x0 = this.denoise(side, pair.xNext, this.condition(side), draws[side]);
        return [this.posterior(x0, pair.xNext, draws[side]), pair.xT, pair.xNext];
      });
      const judge = (x: tf.Tensor4D) => runDiffusiveDiscriminator(discriminator, x, t, xNext);
      const terms = [
        this.term('dDiffusiveReal', 1, () => realLoss(judge(xT)), network),
        this.term('dDiffusiveFake', 1, () => fakeLoss(judge(fake)), network),
      ];
      if (step % settings.r1.every === 0) {
        const penalty = this.term('r1', settings.r1.gamma / 2, () => r1Penalty(judge, xT), network);
        this.onGradients(`d.${side}`, penalty, 'r1');
        terms.push(penalty);
      }
      tf.dispose([fake, xT, xNext]);
      this.update(`d.${side}`, sumOf(terms), this.rates.discriminators);
    }
  }

  /** Phase 2, eq. 17's counterpart. */
  patchDiscriminators(): void {
    const { variant } = this.state.settings;
    if (!variant.adversarial || !trainsR(variant)) return;
    for (const side of SIDES) {
      const network = this.network(`p.${side}`);
      const judge = (x: tf.Tensor4D) => runPatchDiscriminator(asPatch(network), x);
      const made = this.translated[side]!.value;
      const real = this.term('dPatchReal', 1, () => realLoss(judge(this.x[side])), network);
      const fake = this.term('dPatchFake', 1, () => fakeLoss(judge(made)), network);
      this.update(`p.${side}`, sumOf([real, fake]), this.rates.discriminators);
    }
  }

  /** Phase 3: the generators against discriminators that stand still. */
  generators(draws: Record<Side, PhaseDraws>): void {
    const { settings } = this.state;
    const { variant, weights } = settings;
    const gradients = new Map<NetworkName, tf.Tensor[]>();
    const add = (name: NetworkName, more: tf.Tensor[]) => {
      const before = gradients.get(name);
      gradients.set(name, before ? sumOf([before, more]) : more);
    };
    /** What the terms want of R's images. */
    const wanted: Partial<Record<Side, tf.Tensor[]>> = {};
    const want = (side: Side, gradient: tf.Tensor) => {
      const before = wanted[side];
      wanted[side] = before ? sumOf([before, [gradient]]) : [gradient];
    };

    if (variant.diffusion) {
      for (const side of trainedSides(variant)) {
        const network = this.network(`g.${side}`);
        const condition = this.condition(side);
        const toCondition = trainsR(variant) ? [condition] : [];
        const loss = () => {
          const { xNext } = this.pair(side, draws[side]);
          const x0 = this.denoise(side, xNext, condition, draws[side]);
          const l1 = this.note('l1', l1Loss(x0, this.x[side]));
          if (!variant.adversarial) return tf.mul(l1, weights.l1) as tf.Scalar;
          const discriminator = asDiffusiveDiscriminator(settings, this.network(`d.${side}`));
          const made = this.posterior(x0, xNext, draws[side]);
          const logits = runDiffusiveDiscriminator(discriminator, made, draws[side].t, xNext);
          const adversarial = this.note('gDiffusive', realLoss(logits));
          return tf.add(adversarial, tf.mul(l1, weights.l1)) as tf.Scalar;
        };
        const all = this.generatorTerm(loss, [...parametersOf(network), ...toCondition]);
        if (trainsR(variant)) want(otherSide(side), all.pop()!);
        add(`g.${side}`, all);
      }
    }

    if (trainsR(variant)) {
      for (const side of SIDES) {
        const made = this.translated[side]!.value;
        if (variant.adversarial) {
          const judge = () => runPatchDiscriminator(asPatch(this.network(`p.${side}`)), made);
          const [gradient] = this.generatorTerm(() => this.note('gPatch', realLoss(judge())), [made]);
          want(side, gradient);
        }
        if (variant.cycle) {
          // There and back: the other contrast's synthetic image is turned into this one again.
          const there = this.translated[otherSide(side)]!.value;
          const network = this.network(`r.${side}`);
          const back = () => runResnetGenerator(asResnet(network), there);
          const loss = () =>
            tf.mul(this.note('cycle', l1Loss(back(), this.x[side])), weights.cycle) as tf.Scalar;
          const all = this.generatorTerm(loss, [...parametersOf(network), there]);
          want(otherSide(side), all.pop()!);
          add(`r.${side}`, all);
        }
      }
      for (const side of SIDES) {
        const { pullback, dispose } = this.translated[side]!;
        const [gradient] = wanted[side] ?? [];
        // Nothing asks for this image where one direction trains without adversarial and cycle terms.
        if (gradient) add(`r.${side}`, pullback(gradient));
        else dispose();
        gradient?.dispose();
      }
    }
    for (const one of Object.values(this.translated)) one.value.dispose();
    for (const [name, gradient] of gradients) this.update(name, gradient, this.rates.generators);
  }

  private network(name: NetworkName): TrainedNetwork {
    const found = this.state.networks.get(name);
    if (!found) throw new Error(`training: the variant has no network ${name}`);
    return found;
  }

  /** What is given to the generator of a side: R's synthetic image of the other contrast, or the real one. */
  private condition(side: Side): tf.Tensor4D {
    return this.translated[otherSide(side)]?.value ?? this.x[otherSide(side)];
  }

  private pair(side: Side, { t, noise, pairNoise }: PhaseDraws) {
    const { shape } = this.x[side];
    const image = (values: Float32Array) => tf.tensor4d(values, shape);
    return qSamplePairs(this.state.schedule, this.x[side], t, image(noise), image(pairNoise));
  }

  /** x0~ = G([x_(t+1), condition], t, z), first channel. */
  private denoise(side: Side, xNext: tf.Tensor4D, condition: tf.Tensor4D, draws: PhaseDraws): tf.Tensor4D {
    const { settings } = this.state;
    const generator = asGenerator(settings, this.network(`g.${side}`));
    const z = tf.tensor2d(draws.z, [xNext.shape[0], settings.generator.nz]);
    const made = runGenerator(generator, tf.concat([xNext, condition], 3), draws.t, z);
    return tf.slice(made, [0, 0, 0, 0], xNext.shape);
  }

  private posterior(x0: tf.Tensor4D, xNext: tf.Tensor4D, { t, posteriorNoise }: PhaseDraws): tf.Tensor4D {
    return samplePosterior(this.state.schedule, x0, xNext, t, tf.tensor4d(posteriorNoise, xNext.shape));
  }

  /** Gradients of weight * loss for a network; the loss itself is noted. */
  private term(name: LossName, weight: number, loss: () => tf.Scalar, network: TrainedNetwork): tf.Tensor[] {
    const weighted = () => tf.mul(this.note(name, loss()), weight) as tf.Scalar;
    const { value, gradients } = valueAndGradients(weighted, parametersOf(network));
    value.dispose();
    return gradients;
  }

  /** Gradients of one term of the generators' loss. */
  private generatorTerm(loss: () => tf.Scalar, xs: tf.Tensor[]): tf.Tensor[] {
    const { value, gradients } = valueAndGradients(loss, xs);
    this.note('generator', value).dispose();
    return gradients;
  }

  /** Adds a loss to its sum for the log; it may be a part of a recorded function and outlives its tidy. */
  private note(name: LossName, loss: tf.Scalar): tf.Scalar {
    const before = this.losses.get(name);
    this.losses.set(name, tf.keep(before ? tf.add(before, loss) : tf.clone(loss)));
    before?.dispose();
    return loss;
  }

  private update(name: NetworkName, gradients: tf.Tensor[], rate: number): void {
    this.onGradients(name, gradients, 'all');
    const network = this.network(name);
    updateByAdam(network.table, network.tree, network.adam!, gradients, rate);
    if (isAveraged(name, this.state.settings)) updateAverage(network, this.state.settings.ema);
  }
}

/** Element-wise sums of lists of tensors, which are disposed. */
function sumOf(lists: tf.Tensor[][]): tf.Tensor[] {
  const [first, ...rest] = lists;
  if (rest.length === 0) return first;
  const sums = first.map((tensor, i) => tf.addN([tensor, ...rest.map((list) => list[i])]));
  tf.dispose(lists.flat());
  return sums;
}
