/** A network by fused kernels on TensorFlow.js's WebGPU device: one set of weights, a plan for each size of image. */
import * as tf from '../../tf';
import type { BuilderOptions, TileChoice } from './builder';
import { type ExactForm, exactForm } from './exactForm';
import type { Graph } from './graph';
import {
  type Backend,
  bufferOf,
  checked,
  type GraphRun,
  onSoftware,
  pipelinesOf,
  type RunCounts,
  runOnce,
  submitPending,
  uploadWeights,
  type Weights,
  webgpuBackend,
} from './runtime';
import { chooseTile, softwareTile } from './tiles';
import { type Tuning, tunedRun, tunedShapes } from './tuning';
import type { Storage } from './wgsl';

export interface FusedOptions {
  /** Of images, and of weights that no smaller form holds without loss. */
  storage: Storage;
  weights: Storage;
  /** Threads add among each other where they can; the device has subgroups. */
  subgroups?: boolean;
  /** Which tile a convolution takes; chosen by the device unless told. */
  tile?: BuilderOptions['tile'];
  /** Tiles are tried on the device, unless told, and remembered. */
  tuning?: Tuning;
}

export abstract class FusedNetwork<Shape> {
  protected readonly backend: Backend = webgpuBackend();
  /** Of all weights, there from the first size made ready on. */
  protected readonly values = new Map<tf.Tensor, Float32Array>();
  private readonly forms = new Map<tf.Tensor, ExactForm>();
  private weights: Promise<Weights> | null = null;
  private readonly runs = new Map<string, Promise<GraphRun>>();
  private disposed = false;
  /** Of what was submitted last. */
  private done: Promise<unknown> = Promise.resolve();
  /** Of the last size made ready: shapes of convolutions, and of how many the tile was found by trying. */
  tuned: { shapes: number; tuned: number } | null = null;

  constructor(private readonly options: FusedOptions) {}

  /** @throws Error where a size is not covered */
  protected abstract graph(shape: Shape, options: Omit<BuilderOptions, 'batch'>): Graph;
  /** All weights. */
  protected abstract tensors(): tf.Tensor[];

  /** Makes ready what images of these sizes need. @throws Error where a size is not covered, or saying what the GPU refused */
  prepare(shape: Shape): Promise<GraphRun> {
    const key = JSON.stringify(shape);
    let run = this.runs.get(key);
    if (!run) {
      run = this.make(shape);
      this.runs.set(key, run);
      run.catch(() => this.runs.delete(key));
    }
    return run;
  }

  /**
   * Compiles what images of these sizes need, for which the shapes of weights are enough.
   * @param exact the form that they will have; where they have another, it was for nothing
   * @throws Error as `prepare`
   */
  async compile(shape: Shape, exact: (tensor: tf.Tensor) => ExactForm): Promise<void> {
    await pipelinesOf(this.backend.device, this.graph(shape, { ...this.options, exact, tile: this.tile }));
  }

  private get tuning(): Tuning | undefined {
    return this.options.tile ? undefined : this.options.tuning;
  }

  private get tile(): TileChoice {
    const chosen: TileChoice = (out, batch, convolution) =>
      this.tuning?.tiles.tileOf(convolution, out) ?? chooseTile(out, batch);
    return this.options.tile ?? (onSoftware(this.backend.device) ? softwareTile : chosen);
  }

  private async make(shape: Shape): Promise<GraphRun> {
    const { device } = this.backend;
    const { tuning, tile } = this;
    await this.download();
    const exact = (tensor: tf.Tensor) => this.forms.get(tensor)!;
    const graph = () => this.graph(shape, { ...this.options, exact, tile });
    const first = graph();
    this.weights ??= uploadWeights(device, first.blocks, (tensor) => this.values.get(tensor)!);
    const run = await tunedRun(device, first, graph, await this.weights, tuning);
    if (tuning) this.tuned = tunedShapes(run.graph, tuning.tiles);
    // Given up in the meantime: nobody else would free it.
    if (this.disposed) run.dispose();
    return run;
  }

  private async download(): Promise<void> {
    for (const tensor of this.tensors()) {
      if (this.values.has(tensor)) continue;
      const values = (await tensor.data()) as Float32Array;
      this.values.set(tensor, values);
      this.forms.set(tensor, exactForm(values, tensor.shape.at(-1) ?? 1));
    }
  }

  /** Runs the same network by plain operations, to be held against this one: nothing of it stays on the GPU. */
  trial<T>(plain: () => Promise<T>): Promise<T> {
    return runOnce(this.backend, this.values, plain);
  }

  /**
   * One submit, which is not waited for: but for the one before it, so that a GPU always has work, and a cancel is heard.
   * @param images [b, h, w, c] each
   * @param hidden style and time of each batch entry, null where the network has none
   * @param after operations on what comes out, [b, h, w, outputs], which go with the same submit
   * @returns what these make
   */
  protected async submit<T extends tf.TensorContainer>(
    run: GraphRun,
    images: readonly tf.Tensor4D[],
    hidden: Float32Array<ArrayBuffer> | null,
    outputs: number,
    after: (out: tf.Tensor4D) => T,
  ): Promise<T> {
    const { backend } = this;
    const [batch, height, width] = images[0].shape;
    const out = tf
      .engine()
      .makeTensorFromTensorInfo(
        backend.makeTensorInfo([batch, height, width, outputs], 'float32'),
      ) as tf.Tensor4D;
    try {
      const buffers = images.map((image) => bufferOf(backend, image));
      const target = bufferOf(backend, out);
      // What else waits to be submitted is not lost with a run that is refused.
      submitPending(backend);
      const made = await checked(
        backend.device,
        () => {
          backend.ensureCommandEncoderReady();
          run.encode(backend.commandEncoder!, { images: buffers, hidden }, target);
          const result = after(out);
          submitPending(backend);
          return result;
        },
        (result) => tf.dispose(result),
      );
      const before = this.done;
      this.done = backend.device.queue.onSubmittedWorkDone();
      // Of a device that is lost; whoever waits is told.
      this.done.catch(() => {});
      await before;
      return made;
    } catch (error) {
      out.dispose();
      throw error;
    }
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
