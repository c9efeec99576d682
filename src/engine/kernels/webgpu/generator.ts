/** The diffusive generator by fused kernels on TensorFlow.js's WebGPU device: one set of weights, a plan for each size of image. */
import { fourierEmbedding, timestepEmbedding } from '../../networks/layers';
import { leastSide } from '../../networks/ncsnpp/config';
import type { Generator } from '../../networks/ncsnpp/run';
import { tensorsOf } from '../../networks/parameters';
import * as tf from '../../tf';
import { attentionMemory } from './attention';
import type { BuilderOptions, TileChoice } from './builder';
import type { Graph } from './graph';
import { mapping } from './mapping';
import { type NetworkShape, ncsnppGraph } from './ncsnppGraph';
import {
  bufferOf,
  type GraphRun,
  onSoftware,
  type RunCounts,
  submitPending,
  uploadWeights,
  type Weights,
  webgpuBackend,
} from './runtime';
import { chooseTile, softwareTile } from './tiles';
import { type Tuning, tunedRun, tunedShapes } from './tuning';
import { quads, type Storage } from './wgsl';

export interface FusedOptions {
  /** Of images, and of weights. */
  storage: Storage;
  weights: Storage;
  /** Which tile a convolution takes; chosen by the device unless told. */
  tile?: BuilderOptions['tile'];
  /** Tiles are tried on the device, unless told, and remembered. */
  tuning?: Tuning;
}

export class FusedGenerator {
  private readonly backend = webgpuBackend();
  private weights: Promise<Weights> | null = null;
  /** Of the layers of z and t, which the CPU runs. */
  private readonly values = new Map<tf.Tensor, Float32Array>();
  private readonly runs = new Map<string, Promise<GraphRun>>();
  private disposed = false;
  /** Of the last size made ready: shapes of convolutions, and of how many the tile was found by trying. */
  tuned: { shapes: number; tuned: number } | null = null;

  constructor(
    private readonly generator: Generator,
    private readonly options: FusedOptions,
  ) {}

  /** Makes ready what images of these sizes need. @throws Error where a size is not covered, or saying what the GPU refused */
  prepare(shape: NetworkShape): Promise<GraphRun> {
    const key = JSON.stringify(shape);
    let run = this.runs.get(key);
    if (!run) {
      run = this.make(shape);
      this.runs.set(key, run);
      run.catch(() => this.runs.delete(key));
    }
    return run;
  }

  private async make(shape: NetworkShape): Promise<GraphRun> {
    const { config, weights } = this.generator;
    const { device } = this.backend;
    refuseUncovered(this.generator, shape, device.limits);
    const tuning = this.options.tile ? undefined : this.options.tuning;
    const chosen: TileChoice = (out, batch, convolution) =>
      tuning?.tiles.tileOf(convolution, out) ?? chooseTile(out, batch);
    const tile = this.options.tile ?? (onSoftware(device) ? softwareTile : chosen);
    const graph = () => ncsnppGraph(config, weights, shape, { ...this.options, tile });
    const first = graph();
    this.weights ??= this.upload(first);
    const run = await tunedRun(device, first, graph, await this.weights, tuning);
    if (tuning) this.tuned = tunedShapes(run.graph, tuning.tiles);
    // Given up in the meantime: nobody else would free it.
    if (this.disposed) run.dispose();
    return run;
  }

  private async upload({ blocks }: Graph): Promise<Weights> {
    const values = new Map<tf.Tensor, Float32Array>();
    for (const tensor of tensorsOf(this.generator.weights))
      values.set(tensor, (await tensor.data()) as Float32Array);
    for (const tensor of tensorsOf(this.layers)) this.values.set(tensor, values.get(tensor)!);
    return uploadWeights(this.backend.device, blocks, (tensor) => values.get(tensor)!);
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
    const run = await this.prepare({
      batch,
      height,
      width,
      inputs: images.map(({ shape }) => shape[3]),
      outputs,
    });
    const { backend } = this;
    const hidden = await this.hidden(t, z);
    const out = tf
      .engine()
      .makeTensorFromTensorInfo(
        backend.makeTensorInfo([batch, height, width, outputs], 'float32'),
      ) as tf.Tensor4D;
    try {
      const buffers = images.map((image) => bufferOf(backend, image));
      const target = bufferOf(backend, out);
      submitPending(backend);
      await run.run({ images: buffers, hidden }, target);
      return out;
    } catch (error) {
      out.dispose();
      throw error;
    }
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

  /** Of the sizes made ready so far, for benchmarks. */
  ready(): Promise<GraphRun[]> {
    return Promise.all(this.runs.values());
  }

  /** Of the sizes made ready so far. */
  async counts(): Promise<RunCounts & { weights: number }> {
    const runs = await this.ready();
    const { buffer } = (await this.weights)!;
    return {
      dispatches: Math.max(...runs.map(({ counts }) => counts.dispatches)),
      bytes: runs.reduce((sum, { counts }) => sum + counts.bytes, 0),
      weights: buffer.size,
    };
  }

  dispose(): void {
    this.disposed = true;
    for (const run of this.runs.values())
      run.then(
        (made) => made.dispose(),
        () => {},
      );
    this.runs.clear();
    this.weights?.then(
      ({ buffer }) => buffer.destroy(),
      () => {},
    );
    this.weights = null;
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
