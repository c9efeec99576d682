/** One iteration of R both ways: the PatchGANs, then the generators. */
import { GradientSums, iterationOf } from '../../training/iteration';
import { NonDiffusive } from './nonDiffusive';

export const trainStep = iterationOf(function* (iteration) {
  const r = new NonDiffusive(iteration);
  yield* r.translate();
  yield* r.discriminators();
  const gradients = new GradientSums();
  yield* r.generators(gradients);
  r.dispose();
  gradients.updateAll(iteration);
});
