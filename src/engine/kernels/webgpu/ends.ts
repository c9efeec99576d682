/** Where the fused network meets tensors: float32, channels as they are, against vectors of four channels. */
import {
  ceilDiv,
  declarations,
  FUNCTIONS,
  type Kernel,
  literal,
  loaded,
  quads,
  type Storage,
  stored,
  vectorsOf,
} from './wgsl';

const THREADS = 64;

/**
 * Images of some channels each, [b, h, w, c], as one of vectors, times `scale` plus `shift`. Bindings: the images, out.
 */
export function joinImages(
  channels: readonly number[],
  pixels: number,
  storage: Storage,
  { scale, shift }: { scale: number; shift: number },
): Kernel {
  const sources = channels.flatMap((count, image) =>
    Array.from({ length: count }, (_, c) => ({ image, count, c })),
  );
  const value = ({ image, count, c }: (typeof sources)[number]) =>
    `in${image}[i * ${count}u + ${c}u] * ${literal(scale)} + ${literal(shift)}`;
  const total = quads(sources.length);
  const lines = Array.from({ length: total }, (_, q) => {
    const lanes = [0, 1, 2, 3].map((lane) => (sources[4 * q + lane] ? value(sources[4 * q + lane]) : '0.0'));
    return `  out[i * ${total}u + ${q}u] = ${stored(storage, `vec4<f32>(${lanes.join(', ')})`)};`;
  });
  const code = `${declarations([
    ...channels.map((_, i) => [`in${i}`, 'array<f32>'] as const),
    ['out', vectorsOf(storage), 'read_write'],
  ])}
${FUNCTIONS}

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= ${pixels}u) { return; }
${lines.join('\n')}
}`;
  return { code, workgroups: [ceilDiv(pixels, THREADS), 1, 1] };
}

/** The first `channels` channels of an image of vectors as float32, [b, h, w, channels]. Bindings: in, out. */
export function firstChannels(
  channels: number,
  imageQuads: number,
  pixels: number,
  storage: Storage,
): Kernel {
  const lines = Array.from({ length: channels }, (_, c) => {
    const quad = Math.floor(c / 4);
    return `  ${c % 4 === 0 ? `let v${quad} = ${loaded(storage, `in0[i * ${imageQuads}u + ${quad}u]`)};` : ''}
  out[i * ${channels}u + ${c}u] = v${quad}.${'xyzw'[c % 4]};`;
  });
  const code = `${declarations([
    ['in0', vectorsOf(storage)],
    ['out', 'array<f32>', 'read_write'],
  ])}
${FUNCTIONS}

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= ${pixels}u) { return; }
${lines.join('\n')}
}`;
  return { code, workgroups: [ceilDiv(pixels, THREADS), 1, 1] };
}
