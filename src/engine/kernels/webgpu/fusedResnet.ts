/** The ResNet generator R by fused kernels. */
import { tensorsOf } from '../../networks/parameters';
import { LEAST_SIDE } from '../../networks/resnetGenerator/config';
import type { ResnetGeneratorWeights } from '../../networks/resnetGenerator/run';
import type * as tf from '../../tf';
import type { BuilderOptions } from './builder';
import { FusedNetwork, type FusedOptions } from './fusedNetwork';
import type { Graph } from './graph';
import { type ResnetShape, resnetGraph } from './resnetGraph';

export class FusedResnet extends FusedNetwork<ResnetShape> {
  constructor(
    private readonly network: ResnetGeneratorWeights,
    options: FusedOptions,
  ) {
    super(options);
  }

  protected graph(shape: ResnetShape, options: Omit<BuilderOptions, 'batch'>): Graph {
    const { height, width } = shape;
    if (this.network.blocks.some(({ attention }) => attention))
      throw new Error('webgpu kernels: must be given no self-attention, got one of SAGAN');
    // Mirrored edges want more pixels than are mirrored, at a quarter of the side, too.
    const least = 2 * LEAST_SIDE;
    if (height % LEAST_SIDE !== 0 || width % LEAST_SIDE !== 0 || height < least || width < least)
      throw new Error(
        `webgpu kernels: sides must be multiples of ${LEAST_SIDE} from ${least} on, got ${height} x ${width}`,
      );
    return resnetGraph(this.network, shape, options);
  }

  protected tensors() {
    return tensorsOf(this.network);
  }

  /** [b, h, w, 1] -> the same. @throws Error as `prepare` */
  async run(x: tf.Tensor4D): Promise<tf.Tensor4D> {
    const [batch, height, width] = x.shape;
    return this.submit(await this.prepare({ batch, height, width }), [x], null, 1, (out) => out);
  }
}
