/** What all kernels share: how numbers lie in buffers, and the head of a shader's text. */

/** How images are kept: computed with is float32 always. */
export type Storage = 'f32' | 'f16';

/** How weights are kept. Of eight bits they are whole numbers, whose scales, a float32 each output, come before them. */
export type WeightStorage = Storage | 'q8';

/** A shader for one piece of work, its sizes as constants in the text. */
export interface Kernel {
  code: string;
  workgroups: readonly [x: number, y: number, z: number];
}

/** A buffer of four-component vectors: f16 as two pairs of halves and q8 as four bytes, which needs no feature of the device. */
export const vectorsOf = (storage: WeightStorage): string =>
  ({ f32: 'array<vec4<f32>>', f16: 'array<vec2<u32>>', q8: 'array<u32>' })[storage];

/** Bytes of one such vector. */
export const bytesOfVector = (storage: Storage): number => (storage === 'f32' ? 16 : 8);

/** The WGSL expression that reads an element of such a buffer; of eight bits without its scale. */
export const loaded = (storage: WeightStorage, element: string): string =>
  ({ f32: element, f16: `unpacked(${element})`, q8: `wholes(${element})` })[storage];

/** Scales of four outputs, by their vector's number. */
export const loadedScale = (buffer: string, vector: string): string =>
  `scaleOf(vec4<u32>(${[0, 1, 2, 3].map((i) => `${buffer}[(${vector}) * 4u + ${i}u]`).join(', ')}))`;

/** What is written to such a buffer. */
export const stored = (storage: Storage, value: string): string =>
  storage === 'f32' ? value : `packed(${value})`;

/** Vectors of four for so many channels; what is left over is filled with zeros. */
export const quads = (channels: number): number => Math.ceil(channels / 4);

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

type Declared = readonly [name: string, type: string, access?: 'read_write'];

/** Bindings in their order, all in group 0. */
export function declarations(bindings: readonly Declared[]): string {
  return bindings
    .map(
      ([name, type, access = 'read'], i) =>
        `@group(0) @binding(${i}) var<storage, ${access}> ${name}: ${type};`,
    )
    .join('\n');
}

/** Functions that shaders may use; what is not used costs nothing. */
export const FUNCTIONS = `
fn unpacked(v: vec2<u32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(v.x), unpack2x16float(v.y));
}
fn wholes(v: u32) -> vec4<f32> {
  return vec4<f32>((vec4<i32>(i32(v)) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}
fn scaleOf(v: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(v);
}
// Halves end at 65504: beyond it their packing has no defined value.
fn packed(v: vec4<f32>) -> vec2<u32> {
  let c = clamp(v, vec4<f32>(-65504.0), vec4<f32>(65504.0));
  return vec2<u32>(pack2x16float(c.xy), pack2x16float(c.zw));
}
fn silu(v: vec4<f32>) -> vec4<f32> {
  return v / (1.0 + exp(min(-v, vec4<f32>(80.0))));
}`;

/** A WGSL literal. */
export function literal(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** Lines that add what 64 threads have put into workgroup memory to `sum`: eight by eight, for one long sum rounds more. */
export const addedUp = (sum: string, memory: string): string => `for (var i = 0u; i < 64u; i += 8u) {
    var eight = 0.0;
    for (var j = 0u; j < 8u; j++) { eight += ${memory}[i + j]; }
    ${sum} += eight;
  }`;

/** Lines for each of 0 .. count-1. */
export const unrolled = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
