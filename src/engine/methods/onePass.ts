/** What methods share whose network makes the target of the source in one pass. */
import { Aborted } from '../../errors';
import type * as tf from '../tf';
import type { NetworkOf } from './method';
import type { Draws, MakeTranslator } from './translator';

export const onePassFrames = (): readonly string[] => ['source', 'one pass'];

/**
 * @param run [b, h, w, 1] of the source -> the same of the target, [-1, 1]
 * @param random whether it draws anything
 */
export function onePassTranslator<C extends NetworkOf, Weights>(
  run: (weights: Weights, source: tf.Tensor4D, network: C, draws: Draws) => tf.Tensor4D,
  { random = false } = {},
): MakeTranslator<C, Weights> {
  return (network, _, weights) => ({
    frames: onePassFrames(),
    steps: 1,
    keeps: () => true,
    random,
    async *run(source, draws, signal) {
      if (signal?.aborted) throw new Aborted('translation: cancelled');
      yield source;
      const made = run(weights, source, network, draws);
      try {
        yield made;
      } finally {
        made.dispose();
      }
    },
  });
}
