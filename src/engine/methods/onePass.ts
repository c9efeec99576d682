/** What methods share whose network makes the target of the source in one pass. */
import { Aborted } from '../../errors';
import type { FastNetworks } from '../kernels/fastNetworks';
import type { FastPath } from '../kernels/fastPath';
import type * as tf from '../tf';
import type { NetworkOf } from './method';
import type { Draws, MakeTranslator } from './translator';

type OnePath = FastPath<[tf.Tensor4D]>;

export const onePassFrames = (): readonly string[] => ['source', 'one pass'];

/**
 * @param run [b, h, w, 1] of the source -> the same of the target, [-1, 1]
 * @param random whether it draws anything
 * @param fast the same by kernels of our own, of networks that have some
 */
export function onePassTranslator<C extends NetworkOf, Weights>(
  run: (weights: Weights, source: tf.Tensor4D, network: C, draws: Draws) => tf.Tensor4D,
  {
    random = false,
    fast,
  }: { random?: boolean; fast?: (networks: FastNetworks, weights: Weights) => OnePath | undefined } = {},
): MakeTranslator<C, Weights> {
  return (network, _, weights, made) => {
    const own = fast && made?.once('one pass', () => fast(made.fast, weights));
    return {
      frames: onePassFrames(),
      steps: 1,
      keeps: () => true,
      random,
      path: own?.path,
      inside: own?.inside,
      async *run(source, draws, signal) {
        if (signal?.aborted) throw new Aborted('translation: cancelled');
        yield source;
        const image = await (own ? own.run(source) : run(weights, source, network, draws));
        try {
          yield image;
        } finally {
          image.dispose();
        }
      },
    };
  };
}
