/** One iteration of R both ways: the PatchGANs, then the generators. */
import { GradientSums, Iteration, type TrainStep } from '../../training/iteration';
import { NonDiffusive } from './nonDiffusive';

export const trainStep: TrainStep = (state, images, rates, onGradients) => {
  const iteration = new Iteration(state, images, rates, onGradients);
  const r = new NonDiffusive(iteration);
  r.discriminators();
  const gradients = new GradientSums();
  r.generators(gradients);
  r.dispose();
  gradients.updateAll(iteration);
  return iteration.losses;
};
