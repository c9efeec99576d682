import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import type { TrainStep } from '../../training/iteration';
import { cycleGanStep } from '../cgan/cycleGan';
import { training } from './training';

export const trainStep: TrainStep = (state, ...rest) => {
  const network = training.network(state.settings);
  return cycleGanStep<ResnetGeneratorWeights>((weights, x) => runResnetGenerator(weights, x, network))(
    state,
    ...rest,
  );
};
