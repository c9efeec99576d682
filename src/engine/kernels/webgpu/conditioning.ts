/** All scales, shifts and biases of all blocks from style and time in one product, beside those numbers that never change. In float32. */
import {
  ceilDiv,
  declarations,
  FUNCTIONS,
  type Kernel,
  loaded,
  loadedScale,
  vectorsOf,
  type WeightStorage,
} from './wgsl';

export interface VectorsSpec {
  batch: number;
  /** Lengths of style and time. */
  style: number;
  time: number;
  /** How many vectors are made of each, and how many are constant: in this order. */
  styleQuads: number;
  timeQuads: number;
  constantQuads: number;
  weights: WeightStorage;
}

export const vectorQuads = (spec: Pick<VectorsSpec, 'styleQuads' | 'timeQuads' | 'constantQuads'>): number =>
  spec.styleQuads + spec.timeQuads + spec.constantQuads;

/** Weights [style, styleQuads], then [time, timeQuads], before them the scales of both where they have some. Bindings: hidden (style, then the SiLU of time), weights, biases (of all), out. */
export function vectors(spec: VectorsSpec): Kernel {
  const { batch, style, time, styleQuads, timeQuads } = spec;
  const quads = vectorQuads(spec);
  const isScaled = spec.weights === 'q8';
  const first = isScaled ? 4 * (styleQuads + timeQuads) : 0;
  const row = (offset: number, width: number, column: string) =>
    `${loaded(spec.weights, `weights[${first + offset}u + k * ${width}u + ${column}]`)}${isScaled ? ' * own' : ''}`;
  const product = (length: number, from: number, weight: string) =>
    `for (var k = 0u; k < ${length}u; k++) { sum += hidden[batch * ${style + time}u + ${from}u + k] * ${weight}; }`;
  const code = `${declarations([
    ['hidden', 'array<f32>'],
    ['weights', vectorsOf(spec.weights)],
    ['biases', 'array<vec4<f32>>'],
    ['out', 'array<vec4<f32>>', 'read_write'],
  ])}
${FUNCTIONS}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let j = id.x;
  let batch = id.y;
  if (j >= ${quads}u) { return; }
  var sum = biases[j];
${isScaled ? `  let own = ${loadedScale('weights', `min(j, ${Math.max(styleQuads + timeQuads, 1) - 1}u)`)};` : ''}
  if (j < ${styleQuads}u) {
    ${product(style, 0, row(0, styleQuads, 'j'))}
  } else if (j < ${styleQuads + timeQuads}u) {
    ${product(time, style, row(style * styleQuads, timeQuads, `(j - ${styleQuads}u)`))}
  }
  out[batch * ${quads}u + j] = sum;
}`;
  return { code, workgroups: [ceilDiv(quads, 64), batch, 1] };
}
