/**
 * Statistics of tiles to what a norm does to a channel: a = gamma / std and b = beta - mean a of its group, so that the norm is a x + b. The
 * groups may straddle the seam of two images that are read as one.
 */
import { addedUp, ceilDiv, declarations, type Kernel, literal, quads } from './wgsl';

/** Statistics of an image as the convolution that made it left them. */
export interface Measured {
  height: number;
  width: number;
  channels: number;
  tile: { width: number; height: number };
  /** Pixels that each measured one is made of, with statistics of their own: 4 where a convolution shuffled them. */
  phases: 1 | 4;
}

export interface GroupNormSpec {
  /** One image, or two as if joined. */
  parts: readonly Measured[];
  groups: number;
  epsilon: number;
  batch: number;
  /** How many vectors after gamma beta begins; channels are laid out as the parts'. Null: gamma is 1 and beta 0. */
  beta: number | null;
  vectorQuads: number;
  /** The device has subgroups, whose threads add among each other without memory. */
  subgroups?: boolean;
}

const THREADS = 64;

/** Bindings: statistics of the parts, [vectors from gamma on], norm (pairs of vectors a, b). */
export function groupNorm(spec: GroupNormSpec): Kernel {
  const { parts, groups, batch, subgroups = false } = spec;
  const channels = parts.reduce((sum, part) => sum + part.channels, 0);
  const ofGroup = channels / groups;
  const tiles = parts.map(({ height, width, tile }) => ({
    x: ceilDiv(width, tile.width),
    count: ceilDiv(width, tile.width) * ceilDiv(height, tile.height),
  }));
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.channels, 0));
  const padded = parts.map(
    (_, i) => 4 * parts.slice(0, i).reduce((sum, part) => sum + quads(part.channels), 0),
  );
  const total = 4 * parts.reduce((sum, part) => sum + quads(part.channels), 0);
  const pixels = parts[0].height * parts[0].width * parts[0].phases;

  /** For every tile of every channel of the group: `mean`, `squares` about it, and `n` pixels. */
  const everyTile = (body: string) =>
    parts
      .map(
        (part, i) => `
  for (var i = thread; i < ${ofGroup * tiles[i].count * part.phases}u; i += ${THREADS}u) {
    let channel = first + i % ${ofGroup}u;
    if (channel >= ${starts[i]}u && channel < ${starts[i] + part.channels}u) {
      let t = i / ${ofGroup * part.phases}u;
      let row = ${4 * quads(part.channels)}u * ((i / ${ofGroup}u) % ${part.phases}u);
      let at = ((batch * ${tiles[i].count}u + t) * 2u) * ${4 * quads(part.channels) * part.phases}u + row + channel - ${starts[i]}u;
      let mean = statistics${i}[at];
      let squares = statistics${i}[at + ${4 * quads(part.channels) * part.phases}u];
      let n = f32(min(${part.tile.width}u, ${part.width}u - (t % ${tiles[i].x}u) * ${part.tile.width}u)
        * min(${part.tile.height}u, ${part.height}u - (t / ${tiles[i].x}u) * ${part.tile.height}u));
      ${body}
    }
  }`,
      )
      .join('');
  const place =
    parts.length === 1
      ? 'channel'
      : `select(channel, channel - ${starts[1]}u + ${padded[1]}u, channel >= ${starts[1]}u)`;
  const empty = parts.flatMap((part, i) =>
    Array.from({ length: 4 * quads(part.channels) - part.channels }, (_, j) => padded[i] + part.channels + j),
  );
  const code = `${subgroups ? 'enable subgroups;\n' : ''}${declarations([
    ...parts.map((_, i) => [`statistics${i}`, 'array<f32>'] as const),
    ...(spec.beta === null ? [] : [['vectors', 'array<f32>'] as const]),
    ['norm', 'array<f32>', 'read_write'],
  ])}
var<workgroup> sums: array<f32, ${THREADS}>;
var<workgroup> squareSums: array<f32, ${THREADS}>;

fn put(channel: u32, batch: u32, a: f32, b: f32) {
  let at = (batch * ${total / 4}u + channel / 4u) * 8u + channel % 4u;
  norm[at] = a;
  norm[at + 4u] = b;
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>${
    subgroups ? ', @builtin(subgroup_size) lanes: u32' : ''
  }) {
  let batch = group.y;
  let first = group.x * ${ofGroup}u;
  var part = 0.0;
${everyTile('part += n * mean;')}
${added('middle', 'sums', subgroups)}
  middle /= ${literal(pixels * ofGroup)};
  part = 0.0;
${everyTile('part += squares + n * (mean - middle) * (mean - middle);')}
${added('variance', 'squareSums', subgroups)}
  variance /= ${literal(pixels * ofGroup)};
  let inverse = inverseSqrt(variance + ${literal(spec.epsilon)});
  for (var i = thread; i < ${ofGroup}u; i += ${THREADS}u) {
    let channel = first + i;
    let place = ${place};
    let gamma = ${spec.beta === null ? '1.0' : `vectors[batch * ${4 * spec.vectorQuads}u + place]`};
    let beta = ${spec.beta === null ? '0.0' : `vectors[batch * ${4 * spec.vectorQuads}u + ${4 * spec.beta}u + place]`};
    put(place, batch, gamma * inverse, beta - middle * gamma * inverse);
  }
${
  empty.length === 0
    ? ''
    : `  if (group.x == 0u && thread == 0u) {
${empty.map((channel) => `    put(${channel}u, batch, 0.0, 0.0);`).join('\n')}
  }`
}
}`;
  return { code, workgroups: [groups, batch, 1] };
}

/** Adds all threads' `part`; every thread adds what is in memory: that wants one barrier, a tree six. */
const added = (name: string, memory: string, subgroups: boolean): string =>
  subgroups
    ? `  part = subgroupAdd(part);
  if (subgroupElect()) { ${memory}[thread / lanes] = part; }
  workgroupBarrier();
  var ${name} = 0.0;
  for (var i = 0u; i * lanes < ${THREADS}u; i++) { ${name} += ${memory}[i]; }`
    : `  ${memory}[thread] = part;
  workgroupBarrier();
  var ${name} = 0.0;
  ${addedUp(name, memory)}`;
