/**
 * Single operations of our own among TensorFlow.js's, in its command encoder and in its order. Sizes are uniforms, not constants of the
 * shader: a training has too many sizes to compile a shader for each.
 */
import * as tf from '../../tf';
import { type Backend, webgpuBackend } from './runtime';
import { ceilDiv } from './wgsl';

export interface Program {
  label: string;
  code: string;
}

export const THREADS = 64;

interface Text {
  /** Whole numbers and float32, in the order in which `dispatch` gets them; `s.name` in the body. */
  whole: readonly string[];
  real?: readonly string[];
  /** Buffers of float32; all must be used. */
  reads: readonly string[];
  writes: readonly string[];
  /** Before the main function. */
  functions?: string;
  /** Of the main function, which knows `thread`, `group` and `groups`. */
  body: string;
}

export function program(
  label: string,
  { whole, real = [], reads, writes, functions = '', body }: Text,
): Program {
  const fields = [...whole.map((name) => `${name}: u32`), ...real.map((name) => `${name}: f32`)];
  const buffers = [
    ...reads.map((name) => `var<storage, read> ${name}`),
    ...writes.map((name) => `var<storage, read_write> ${name}`),
  ];
  const code = `struct Sizes { ${fields.join(', ')} }
@group(0) @binding(0) var<uniform> s: Sizes;
${buffers.map((buffer, i) => `@group(0) @binding(${i + 1}) ${buffer}: array<f32>;`).join('\n')}
${functions}
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
${body}
}`;
  return { label, code };
}

/** A program whose threads make one number each of `s.count`, number `i`. */
export function eachNumber(label: string, text: Text): Program {
  const body = `  let i = (group.y * groups.x + group.x) * ${THREADS}u + thread;
  if (i >= s.count) { return; }
${text.body}`;
  return program(label, { ...text, whole: ['count', ...text.whole], body });
}

/** Workgroups of `eachNumber`. */
export function workgroupsFor(count: number): [number, number, number] {
  const all = ceilDiv(count, THREADS);
  const x = Math.min(all, 32768);
  return [x, ceilDiv(all, x), 1];
}

interface Known {
  pipelines: Map<Program, { pipeline: GPUComputePipeline; layout: GPUBindGroupLayout }>;
  /** By their text, those used last at the end. */
  sizes: Map<string, GPUBuffer>;
}

const known = new WeakMap<GPUDevice, Known>();

/** Beyond it those that were not used for longest are forgotten: Adam's change with each update. */
const MOST_SIZES = 4096;

function sizesBuffer(
  device: GPUDevice,
  all: Known['sizes'],
  whole: readonly number[],
  real: readonly number[],
) {
  const key = `${whole}|${real}`;
  let buffer = all.get(key);
  if (buffer) all.delete(key);
  else {
    buffer = device.createBuffer({
      size: 16 * ceilDiv(whole.length + real.length, 4),
      usage: GPUBufferUsage.UNIFORM,
      mappedAtCreation: true,
    });
    const bytes = buffer.getMappedRange();
    new Uint32Array(bytes, 0, whole.length).set(whole);
    new Float32Array(bytes, 4 * whole.length, real.length).set(real);
    buffer.unmap();
    const [oldest] = all.keys();
    if (all.size >= MOST_SIZES) all.delete(oldest);
  }
  all.set(key, buffer);
  return buffer;
}

export interface Call {
  whole: readonly number[];
  real?: readonly number[];
  reads: readonly tf.TensorInfo[];
  writes: readonly tf.TensorInfo[];
  workgroups: readonly [x: number, y: number, z: number];
}

/** Puts one call of it behind what TensorFlow.js has put there before. */
export function dispatch(program: Program, { whole, real = [], reads, writes, workgroups }: Call): void {
  const backend = webgpuBackend();
  const { device } = backend;
  let of = known.get(device);
  if (!of) {
    of = { pipelines: new Map(), sizes: new Map() };
    known.set(device, of);
  }
  let made = of.pipelines.get(program);
  if (!made) {
    const { label, code } = program;
    const module = device.createShaderModule({ label, code });
    const pipeline = device.createComputePipeline({ label, layout: 'auto', compute: { module } });
    made = { pipeline, layout: pipeline.getBindGroupLayout(0) };
    of.pipelines.set(program, made);
  }
  const tensors = [...reads, ...writes];
  // Before the pass: values on their way up end it.
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  const buffers = [
    sizesBuffer(device, of.sizes, whole, real),
    ...tensors.map(({ dataId }) => backend.tensorMap.get(dataId).resource),
  ];
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bindGroup = device.createBindGroup({ layout: made.layout, entries });
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  // Of what is changed in its place the CPU may have values that were read before.
  for (const { dataId } of writes) backend.tensorMap.get(dataId).values = null;
  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
  const pass = backend.computePassEncoder;
  pass.setPipeline(made.pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
  backend.dispatchCountInPass++;
  submitWhenFull(backend);
}

/** As TensorFlow.js does after each of its own. */
function submitWhenFull(backend: Backend): void {
  if (backend.dispatchCountInPass < tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

export const outputOf = (shape: readonly number[]): tf.TensorInfo =>
  webgpuBackend().makeTensorInfo([...shape], 'float32');

/** What a kernel needed on its way. */
export function disposeInfos(...infos: readonly tf.TensorInfo[]): void {
  for (const { dataId } of infos) tf.backend().disposeData(dataId);
}
