/** The diffusive generator by fused kernels. */
import { fourierEmbedding, timestepEmbedding } from '../../networks/layers';
import { leastSide } from '../../networks/ncsnpp/config';
import type { Generator } from '../../networks/ncsnpp/run';
import { tensorsOf } from '../../networks/parameters';
import type * as tf from '../../tf';
import type { KeyedDraw } from '../fastDenoiser';
import { attentionMemory } from './attention';
import type { BuilderOptions } from './builder';
import { FusedNetwork, type FusedOptions } from './fusedNetwork';
import type { Graph } from './graph';
import { mapping } from './mapping';
import { type NetworkShape, ncsnppGraph } from './ncsnppGraph';
import { posteriorOnGpu } from './noise';
import { quads } from './wgsl';

export class FusedGenerator extends FusedNetwork<NetworkShape> {
  constructor(
    private readonly generator: Generator,
    options: FusedOptions,
  ) {
    super(options);
  }

  protected graph(shape: NetworkShape, options: Omit<BuilderOptions, 'batch'>): Graph {
    refuseUncovered(this.generator, shape, this.backend.device.limits);
    return ncsnppGraph(this.generator.config, this.generator.weights, shape, options);
  }

  protected tensors() {
    return tensorsOf(this.generator.weights);
  }

  /**
   * @param images [b, h, w, c] each, together the network's channels
   * @param t time index of each batch entry; z latents [b, nz]
   * @returns [b, h, w, outputs]
   * @throws Error as `prepare`
   */
  async run(
    images: readonly tf.Tensor4D[],
    t: readonly number[],
    z: tf.Tensor2D,
    outputs: number,
  ): Promise<tf.Tensor4D> {
    const [batch, height, width] = images[0].shape;
    const inputs = images.map(({ shape }) => shape[3]);
    const run = await this.prepare({ batch, height, width, inputs, outputs });
    return this.submit(run, images, await this.hidden(t, z), outputs, (out) => out);
  }

  /** As `run`, with a draw from the posterior of the estimate, [b, h, w, 1] both. */
  async runAndDraw(
    images: readonly [x: tf.Tensor4D, ...others: tf.Tensor4D[]],
    t: readonly number[],
    z: tf.Tensor2D,
    draw: KeyedDraw,
  ): Promise<{ x0: tf.Tensor4D; x: tf.Tensor4D }> {
    const [batch, height, width] = images[0].shape;
    const inputs = images.map(({ shape }) => shape[3]);
    const run = await this.prepare({ batch, height, width, inputs, outputs: 1 });
    return this.submit(run, images, await this.hidden(t, z), 1, (x0) => ({
      x0,
      x: posteriorOnGpu(x0, images[0], draw),
    }));
  }

  private get layers() {
    const { style, time } = this.generator.weights;
    return { style, time };
  }

  private async hidden(t: readonly number[], z: tf.Tensor2D): Promise<Float32Array<ArrayBuffer>> {
    const { config, fourierFrequencies } = this.generator;
    const embedding = fourierFrequencies
      ? fourierEmbedding(t, fourierFrequencies)
      : timestepEmbedding(t, config.num_channels_dae);
    // Both were made of numbers of the CPU, which are still there: nothing is read back from the GPU.
    const embeddings = (await embedding.data()) as Float32Array;
    embedding.dispose();
    const latents = (await z.data()) as Float32Array;
    return mapping(this.layers, latents, embeddings, t.length, (tensor) => this.values.get(tensor)!);
  }
}

/** @throws Error where the kernels do not reach: plain operations do. */
function refuseUncovered(
  { config }: Generator,
  { height, width, inputs }: NetworkShape,
  limits: GPUSupportedLimits,
): void {
  const side = leastSide(config);
  if (height % side !== 0 || width % side !== 0)
    throw new Error(`webgpu kernels: sides must be multiples of ${side}, got ${height} x ${width}`);
  const channels = inputs.reduce((a, b) => a + b, 0);
  if (channels !== config.num_channels)
    throw new Error(`webgpu kernels: must be given ${config.num_channels} channels, got ${channels}`);
  config.ch_mult.forEach((multiple, level) => {
    const lowest = level === config.ch_mult.length - 1;
    if (!lowest && !config.attn_resolutions.includes(config.image_size / 2 ** level)) return;
    const needed = attentionMemory({
      positions: (height * width) / 4 ** level,
      quads: quads(config.num_channels_dae * multiple),
    });
    if (needed > limits.maxComputeWorkgroupStorageSize)
      throw new Error(
        `webgpu kernels: attention must fit ${limits.maxComputeWorkgroupStorageSize} bytes of workgroup memory, got ${needed}`,
      );
  });
}
