/** A graph on a device: memory, pipelines and bind groups made once, then one submit a run. Nothing here waits for the GPU. */

import { OutOfMemory } from '../../../errors';
import { isSoftware } from '../../backend/softwareGpu';
import { encodeFloat16 } from '../../formats/float16';
import * as tf from '../../tf';
import { type Block, bytesOfBlock, type Graph, type Operand, planMemory, type Values } from './graph';

/** Blocks of weights in one buffer, each at an offset that a binding may have. */
export interface Weights {
  buffer: GPUBuffer;
  places: readonly { offset: number; size: number }[];
}

/** A binding has a vector at least. */
const sizeOf = (block: Block) => Math.max(16, bytesOfBlock(block));

/** A block as the kernels read it. */
function encoded(block: Block, values: Values): ArrayBufferView<ArrayBuffer> {
  const data = block.fill(values) as Float32Array<ArrayBuffer>;
  if (block.storage === 'f32') return data;
  if (block.storage === 'f16') return encodeFloat16(data) as Uint16Array<ArrayBuffer>;
  const scales = block.scales!.fill();
  const bytes = new Int8Array(4 * scales.length + data.length);
  bytes.set(new Int8Array(scales.buffer, scales.byteOffset, scales.byteLength));
  bytes.set(data, 4 * scales.length);
  return bytes;
}

/**
 * Runs `make` and turns what the device has to say of it into one error. What `make` has made is handed to `undo` then.
 * @throws Error saying what the GPU refused: a shader, a size; OutOfMemory
 */
export async function checked<T>(
  device: GPUDevice,
  make: () => T | Promise<T>,
  undo: (made: T) => void,
): Promise<T> {
  const kinds = ['validation', 'out-of-memory', 'internal'] as const;
  for (const kind of kinds) device.pushErrorScope(kind);
  let made: { value: T } | undefined;
  let thrown: unknown;
  const scopes = () => kinds.map(() => device.popErrorScope());
  let pending: ReturnType<typeof scopes>;
  try {
    const result = make();
    // Scopes are a stack of the device's: nothing may be awaited between push and pop, or others' errors would fall in.
    pending = scopes();
    made = { value: await result };
  } catch (error) {
    thrown = error;
    pending ??= scopes();
  }
  const errors = await Promise.all(pending!);
  const refused = errors.find((error) => error !== null);
  if (thrown === undefined && !refused) return made!.value;
  if (made) undo(made.value);
  // What is thrown follows from what the device says first.
  const { message } = refused ?? (thrown as Error);
  const Kind = refused && refused === errors[kinds.indexOf('out-of-memory')] ? OutOfMemory : Error;
  throw new Kind(`webgpu kernels: the GPU must take them, got an error of it (${message})`, {
    cause: thrown,
  });
}

/** @param values downloaded beforehand */
export async function uploadWeights(
  device: GPUDevice,
  blocks: readonly Block[],
  values: Values,
): Promise<Weights> {
  let end = 0;
  const alignment = Math.max(256, device.limits.minStorageBufferOffsetAlignment);
  const places = blocks.map((block) => {
    const place = { offset: end, size: sizeOf(block) };
    end = Math.ceil((end + place.size) / alignment) * alignment;
    return place;
  });
  return checked(
    device,
    () => {
      const buffer = device.createBuffer({
        size: end,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
      blocks.forEach((block, i) => {
        device.queue.writeBuffer(buffer, places[i].offset, encoded(block, values));
      });
      return { buffer, places };
    },
    ({ buffer }) => buffer.destroy(),
  );
}

/** Shaders once a device, whichever network wants them. */
const compiled = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/** @throws Error saying what the GPU refused */
export function pipelineOf(device: GPUDevice, code: string, label: string): Promise<GPUComputePipeline> {
  let known = compiled.get(device);
  if (!known) {
    known = new Map();
    compiled.set(device, known);
  }
  let found = known.get(code);
  if (!found) {
    const module = device.createShaderModule({ code, label });
    found = device.createComputePipelineAsync({ label, layout: 'auto', compute: { module } });
    known.set(code, found);
    found.catch(() => known.delete(code));
  }
  return found;
}

/** Those of a graph. @throws Error saying what the GPU refused */
export const pipelinesOf = (device: GPUDevice, graph: Graph): Promise<GPUComputePipeline[]> =>
  checked(
    device,
    () => Promise.all(graph.dispatches.map(({ kernel, label }) => pipelineOf(device, kernel.code, label))),
    () => {},
  );

export interface RunCounts {
  dispatches: number;
  /** Bytes of images, statistics and vectors, without the weights. */
  bytes: number;
}

/** What goes in: buffers of images, whose bytes are copied, and numbers. */
export interface RunInputs {
  images: readonly GPUBuffer[];
  /** Style and time of each batch entry; null where the graph has none. */
  hidden: Float32Array<ArrayBuffer> | null;
}

export class GraphRun {
  private constructor(
    readonly device: GPUDevice,
    readonly graph: Graph,
    private readonly bufferOf: readonly GPUBuffer[],
    private readonly pieces: readonly GPUBuffer[],
    /** One a dispatch of the graph. */
    readonly steps: readonly { pipeline: GPUComputePipeline; group: GPUBindGroup }[],
    private readonly resource: (operand: Operand) => GPUBindingResource,
  ) {}

  /** @throws Error saying what the GPU refused */
  static async make(device: GPUDevice, graph: Graph, weights: Weights): Promise<GraphRun> {
    const pipelines = await pipelinesOf(device, graph);
    return checked(
      device,
      () => {
        const plan = planMemory(graph);
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
        const pieces = plan.pieces.map((size) =>
          device.createBuffer({ size: Math.ceil(size / 16) * 16, usage }),
        );
        const bufferOf = plan.pieceOf.map((piece) => pieces[piece]);
        const resource = (operand: Operand): GPUBindingResource =>
          'buffer' in operand
            ? {
                buffer: bufferOf[operand.buffer],
                offset: operand.offset ?? 0,
                size: Math.ceil(graph.buffers[operand.buffer] / 16) * 16 - (operand.offset ?? 0),
              }
            : {
                buffer: weights.buffer,
                offset: weights.places[operand.block].offset + (operand.offset ?? 0),
                size: weights.places[operand.block].size - (operand.offset ?? 0),
              };
        const steps = graph.dispatches.map(({ reads, writes, label }, i) => {
          const operands = [...reads, ...writes.map((buffer) => ({ buffer }))];
          const entries = operands.map((operand, binding) => ({ binding, resource: resource(operand) }));
          const layout = pipelines[i].getBindGroupLayout(0);
          return { pipeline: pipelines[i], group: device.createBindGroup({ label, layout, entries }) };
        });
        return new GraphRun(device, graph, bufferOf, pieces, steps, resource);
      },
      (run) => run.dispose(),
    );
  }

  /** What a dispatch reads, in the order of its bindings. */
  read(dispatch: number): GPUBindingResource[] {
    return this.graph.dispatches[dispatch].reads.map(this.resource);
  }

  get counts(): RunCounts {
    return { dispatches: this.steps.length, bytes: this.pieces.reduce((sum, { size }) => sum + size, 0) };
  }

  /** Writes one run's commands; its output is copied into `output`. Nothing else may be submitted before them. */
  encode(encoder: GPUCommandEncoder, { images, hidden }: RunInputs, output: GPUBuffer): void {
    const { device, graph, bufferOf } = this;
    if (hidden && graph.inputs.hidden !== null)
      device.queue.writeBuffer(bufferOf[graph.inputs.hidden], 0, hidden);
    const copy = (from: GPUBuffer, to: GPUBuffer, id: number) => {
      encoder.copyBufferToBuffer(from, 0, to, 0, graph.buffers[id]);
    };
    for (const [i, id] of graph.inputs.images.entries()) copy(images[i], bufferOf[id], id);
    const pass = encoder.beginComputePass();
    this.steps.forEach(({ pipeline, group }, i) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...graph.dispatches[i].kernel.workgroups);
    });
    pass.end();
    copy(bufferOf[graph.output], output, graph.output);
  }

  /** Submits one run; its output is copied into `output`. @throws Error saying what the GPU refused */
  async run(inputs: RunInputs, output: GPUBuffer): Promise<void> {
    const { device } = this;
    await checked(
      device,
      () => {
        const encoder = device.createCommandEncoder();
        this.encode(encoder, inputs, output);
        device.queue.submit([encoder.finish()]);
      },
      () => {},
    );
  }

  dispose(): void {
    for (const piece of this.pieces) piece.destroy();
  }
}

/** What is used of TensorFlow.js's backend, beyond its types. */
export interface Backend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  /** Of tensors whose memory the commands that are not submitted yet use. */
  commandQueueOwnedIds: WeakSet<object>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  makeTensorInfo(shape: number[], dtype: 'float32'): tf.TensorInfo;
  uploadToGPU(dataId: object): void;
  releaseResource(dataId: object): void;
  /** A tensor's values are on the CPU, on the GPU or on both. */
  tensorMap: { get(dataId: object): { resource: GPUBuffer; values: Float32Array | null } };
  /** Without reuse a buffer is destroyed. */
  bufferManager: { releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void };
}

export const webgpuBackend = (): Backend => tf.backend() as unknown as Backend;

/** Older browsers' devices do not tell of their adapter: then it is taken for a GPU. */
export const onSoftware = ({ adapterInfo }: GPUDevice): boolean =>
  adapterInfo !== undefined && isSoftware(adapterInfo);

/** The buffer of a tensor of the backend, its values on the way there. */
export function bufferOf(backend: Backend, tensor: tf.Tensor): GPUBuffer {
  backend.uploadToGPU(tensor.dataId);
  return backend.tensorMap.get(tensor.dataId).resource;
}

/** TensorFlow.js's work goes to the queue before ours. */
export function submitPending(backend: Backend): void {
  if (!backend.commandEncoder) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/**
 * Runs plain operations that may not be needed again. They keep no memory for reuse, of which they never give any back, and at the end their
 * weights leave the GPU: an operation that wants one again finds it uploaded anew.
 * @param values of the weights
 */
export async function runOnce<T>(
  backend: Backend,
  values: ReadonlyMap<tf.Tensor, Float32Array>,
  plain: () => Promise<T>,
): Promise<T> {
  const { bufferManager } = backend;
  const submits = tf.env().getNumber(SUBMITS);
  // What is disposed of is freed with the submit that uses it.
  tf.env().set(SUBMITS, 1);
  bufferManager.releaseBuffer = (buffer) =>
    Object.getPrototypeOf(bufferManager).releaseBuffer.call(bufferManager, buffer, false);
  try {
    return await plain();
  } finally {
    submitPending(backend);
    for (const [{ dataId, isDisposed }, data] of values) {
      if (isDisposed) continue;
      backend.tensorMap.get(dataId).values = data;
      backend.releaseResource(dataId);
    }
    // The prototype's is seen again.
    delete (bufferManager as Partial<Backend['bufferManager']>).releaseBuffer;
    tf.env().set(SUBMITS, submits);
  }
}

/** Programs of one submit. */
const SUBMITS = 'WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE';
