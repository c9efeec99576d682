/**
 * One iteration of a cycle-consistent GAN in pGAN-cGAN's order (BASELINES.md section 1), whatever its generator: both generators,
 * then the discriminator of each contrast, which sees the images that were made before the generators' step.
 *
 * The generators' loss is a sum of what begins with one contrast and what begins with the other; each is differentiated by itself,
 * so that the insides of one are in memory at a time. Together they are the joint gradient.
 */
import { leafOf, replaceLeaf } from '../../networks/parameters';
import { type PatchDiscriminatorWeights, runPatchDiscriminator } from '../../networks/patchDiscriminator/run';
import { normalised, powerStep } from '../../networks/spectralNorm';
import type { Pieces } from '../../pieces';
import * as tf from '../../tf';
import { GradientSums, type Iteration, iterationOf, sumOf, type TrainStep } from '../../training/iteration';
import { l1Loss, leastSquares } from '../../training/losses';
import { parametersOf } from '../../training/networks';
import { otherSide, SIDES, type Side } from '../../training/sides';
import { CYCLE_WEIGHT, hasSpectralNorm } from './training';

/** An image of the other contrast, [b, h, w, 1] -> the same, [-1, 1]. */
export type RunGenerator<Weights> = (weights: Weights, x: tf.Tensor4D) => tf.Tensor4D;

export function cycleGanStep<Weights>(run: RunGenerator<Weights>): TrainStep {
  return iterationOf(function* (iteration) {
    const gradients = new GradientSums();
    const made = {} as Record<Side, tf.Tensor4D>;
    for (const side of SIDES) made[side] = yield* generators(iteration, run, side, gradients);
    gradients.updateAll(iteration);
    for (const side of SIDES) discriminator(iteration, side, made[side]);
    tf.dispose([made.a, made.b]);
  });
}

/** Adds the gradients of all that begins with the other contrast's real image. @returns the image made of it, of contrast `side` */
function* generators<Weights>(
  iteration: Iteration,
  run: RunGenerator<Weights>,
  side: Side,
  gradients: GradientSums,
): Pieces<tf.Tensor4D> {
  const { x, state } = iteration;
  const real = x[otherSide(side)];
  const there = iteration.network(`g.${side}`);
  const back = iteration.network(`g.${otherSide(side)}`);
  const { value: made, pullback } = iteration.record(
    () => run(there.tree as Weights, real),
    parametersOf(there),
  );
  yield;
  const [ofJudge] = judged(iteration, side, (judge) =>
    iteration.generatorTerm(() => iteration.note('adversarial', leastSquares(judge(made), 1)), [made]),
  );
  yield;
  const cycle = () => {
    const loss = iteration.note('cycle', l1Loss(run(back.tree as Weights, made), real));
    return tf.mul(loss, state.settings.options[CYCLE_WEIGHT.id]) as tf.Scalar;
  };
  const all = iteration.generatorTerm(cycle, [...parametersOf(back), made]);
  const [wanted] = sumOf([[ofJudge], [all.pop()!]]);
  gradients.add(`g.${otherSide(side)}`, all);
  yield;
  gradients.add(`g.${side}`, pullback(wanted));
  wanted.dispose();
  yield;
  return made;
}

/** Half of each term, as pGAN-cGAN has it. */
function discriminator(iteration: Iteration, side: Side, made: tf.Tensor4D): void {
  const network = iteration.network(`d.${side}`);
  const term = (name: string, x: tf.Tensor4D, wanted: 0 | 1) =>
    judged(iteration, side, (judge) =>
      iteration.term(name, 0.5, () => leastSquares(judge(x), wanted), network),
    );
  iteration.update(`d.${side}`, sumOf([term('dReal', iteration.x[side], 1), term('dFake', made, 0)]));
}

/**
 * A term that looks through a contrast's discriminator. Where that has a spectral norm, one step of its power iteration is made before
 * each look.
 */
function judged<T>(iteration: Iteration, side: Side, term: (judge: (x: tf.Tensor4D) => tf.Tensor4D) => T): T {
  const { convs } = iteration.network(`d.${side}`).tree as PatchDiscriminatorWeights;
  if (!hasSpectralNorm(iteration.state.settings)) return term((x) => runPatchDiscriminator({ convs }, x));
  const { spec, tree } = iteration.network(`u.${side}`);
  iteration.changes(`u.${side}`);
  const found = spec.table.map((row, n) => powerStep(convs[n].weight, leafOf(tree, row)));
  try {
    return term((x) =>
      runPatchDiscriminator({ convs: convs.map((conv, n) => normalised(conv, found[n])) }, x),
    );
  } finally {
    for (const [n, row] of spec.table.entries()) {
      replaceLeaf(tree, row, tf.reshape(found[n].u, row.shape));
      tf.dispose([found[n].u, found[n].v]);
    }
  }
}
