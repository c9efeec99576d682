/** One pass of R, from the source to the target contrast. */
import { Aborted } from '../../../errors';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../../networks/resnetGenerator/run';
import type { MakeTranslator } from '../translator';
import { type ResnetNetwork, resnet } from './method';

export const makeTranslator: MakeTranslator<ResnetNetwork, ResnetGeneratorWeights> = (
  _,
  diffusion,
  weights,
) => ({
  frames: resnet.frames(diffusion),
  random: false,
  async *run(source, _draws, signal) {
    if (signal?.aborted) throw new Aborted('translation: cancelled');
    yield source;
    const made = runResnetGenerator(weights, source);
    try {
      yield made;
    } finally {
      made.dispose();
    }
  },
});
