/**
 * R both ways, and the PatchGANs that judge it: all of this method's training, and the non-diffusive part of SynDiff's
 * (SYNDIFF.md section 4). R(x) runs once, and its backward pass waits for what all terms want of it.
 */
import type { Vjp } from '../../autodiff/vjp';
import { type PatchDiscriminatorWeights, runPatchDiscriminator } from '../../networks/patchDiscriminator/run';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import type { Pieces } from '../../pieces';
import * as tf from '../../tf';
import { GradientSums, type Iteration, sumOf } from '../../training/iteration';
import { fakeLoss, l1Loss, realLoss } from '../../training/losses';
import { parametersOf } from '../../training/networks';
import { otherSide, SIDES, type Side } from '../../training/sides';
import { CYCLE_WEIGHT, PATCH_WEIGHT } from './training';

export class NonDiffusive {
  /** R's synthetic image of each contrast, from the other one's real image; recorded where R learns. */
  private readonly translated: Partial<Record<Side, Vjp<tf.Tensor4D>>> = {};
  /** What the terms want of these images. */
  private readonly wanted = new GradientSums();

  /**
   * @param needed the images that are made: all where R learns
   * @param learns whether R does in this iteration
   */
  constructor(
    private readonly iteration: Iteration,
    private readonly needed: readonly Side[] = SIDES,
    private readonly learns = true,
  ) {}

  /** Makes these images: before all else. */
  *translate(): Pieces<void> {
    const { iteration, needed, learns } = this;
    for (const side of needed) {
      const network = iteration.network(`r.${side}`);
      const x = iteration.x[otherSide(side)];
      const run = () => runResnetGenerator(network.tree as ResnetGeneratorWeights, x);
      this.translated[side] = learns
        ? iteration.record(run, parametersOf(network))
        : { value: run(), pullback: () => [], dispose: () => undefined };
      yield;
    }
  }

  /** R's image of a contrast. */
  image(side: Side): tf.Tensor4D {
    return this.translated[side]!.value;
  }

  /** A term's gradient for R's image of a contrast; taken over. */
  want(side: Side, gradient: tf.Tensor): void {
    this.wanted.add(side, [gradient]);
  }

  /** Phase 2, eq. 17's counterpart. */
  *discriminators(): Pieces<void> {
    const { iteration } = this;
    if (!iteration.state.settings.variant.adversarial) return;
    for (const side of SIDES) {
      const network = iteration.network(`p.${side}`);
      const judge = (x: tf.Tensor4D) => this.judge(side, x);
      const real = iteration.term('dPatchReal', 1, () => realLoss(judge(iteration.x[side])), network);
      yield;
      const fake = iteration.term('dPatchFake', 1, () => fakeLoss(judge(this.image(side))), network);
      yield;
      iteration.update(`p.${side}`, sumOf([real, fake]));
    }
  }

  /** Phase 3: R's terms against discriminators that stand still. */
  *generators(gradients: GradientSums): Pieces<void> {
    const { iteration } = this;
    const { variant, options } = iteration.state.settings;
    for (const side of SIDES) {
      if (variant.adversarial) {
        const made = this.image(side);
        const loss = () =>
          tf.mul(
            iteration.note('gPatch', realLoss(this.judge(side, made))),
            options[PATCH_WEIGHT.id],
          ) as tf.Scalar;
        const [gradient] = iteration.generatorTerm(loss, [made]);
        this.want(side, gradient);
        yield;
      }
      if (variant.cycle) {
        // There and back: the other contrast's synthetic image is turned into this one again.
        const there = this.image(otherSide(side));
        const network = iteration.network(`r.${side}`);
        const back = () => runResnetGenerator(network.tree as ResnetGeneratorWeights, there);
        const loss = () =>
          tf.mul(
            iteration.note('cycle', l1Loss(back(), iteration.x[side])),
            options[CYCLE_WEIGHT.id],
          ) as tf.Scalar;
        const all = iteration.generatorTerm(loss, [...parametersOf(network), there]);
        this.want(otherSide(side), all.pop()!);
        gradients.add(`r.${side}`, all);
        yield;
      }
    }
    for (const side of SIDES) {
      const { pullback, dispose } = this.translated[side]!;
      const [gradient] = this.wanted.get(side) ?? [];
      // Nothing asks for this image where one direction trains without adversarial and cycle terms.
      if (gradient) gradients.add(`r.${side}`, pullback(gradient));
      else dispose();
      gradient?.dispose();
      yield;
    }
  }

  dispose(): void {
    for (const one of Object.values(this.translated)) one.value.dispose();
  }

  private judge(side: Side, x: tf.Tensor4D): tf.Tensor4D {
    const { tree } = this.iteration.network(`p.${side}`);
    return runPatchDiscriminator(tree as PatchDiscriminatorWeights, x);
  }
}
