/** As fastDenoiser.ts, for the network that makes the target of the source in one pass. */
import { type ResnetGeneratorWeights, runResnetGenerator } from '../networks/resnetGenerator/run';
import type * as tf from '../tf';
import { type Fast, type FastPath, fastPath } from './fastPath';

export interface FastOnePass extends Fast {
  /** [b, h, w, 1] -> the same. @throws Error where it cannot: nothing of it is to be used from then on */
  run(source: tf.Tensor4D): Promise<tf.Tensor4D>;
}

/** Makes one ready; weights are borrowed and must not change. @throws Error saying why the plain operations are to be used */
export type MakeFastOnePass = (weights: ResnetGeneratorWeights) => Promise<FastOnePass>;

/** R, by kernels where the backend has them. */
export const fastResnetGenerator = (weights: ResnetGeneratorWeights): FastPath<[tf.Tensor4D]> =>
  fastPath<FastOnePass, [tf.Tensor4D], tf.Tensor4D>(
    {
      webgpu: async () => {
        const { fastResnet } = await import('./webgpu/fastResnet');
        return () => fastResnet(weights);
      },
    },
    (own, source) => own.run(source),
    (source) => runResnetGenerator(weights, source),
    (made) => made,
  );
