/**
 * Convolution as one sum over parts, each an image with a 3x3 or 1x1 kernel of its own: two images without joining them, and the 1x1 skip of a
 * residual block as more of the same sum. Before it AdaGN and SiLU (y = silu(a_c x + b_c)), after it bias and time, residual,
 * scale, and what the next norm wants to know: mean and squared deviation of every channel in every tile.
 *
 * A workgroup makes a tile of pixels by channels; a thread `across` pixels of a row by 4 `vectors` channels in registers. The parts'
 * pixels with their halo and the weights go through workgroup memory, a few vectors of channels at a time.
 */
import {
  ceilDiv,
  declarations,
  FUNCTIONS,
  type Kernel,
  literal,
  loaded,
  loadedScale,
  type Storage,
  stored,
  unrolled,
  vectorsOf,
  type WeightStorage,
} from './wgsl';

export interface Size {
  height: number;
  width: number;
  /** Channels in vectors of four. */
  quads: number;
  /** Of what a convolution makes: how far apart its pixels lie in what is read. */
  stride?: number;
}

export interface Part extends Size {
  kernel: KernelSide;
  stride: 1 | 2;
  /** Zeros before the first row and column; behind the last as many as the output wants. */
  pad: 0 | 1 | 3;
  /** In place of these zeros the image mirrored at its outermost pixels, which are not repeated. */
  reflect: boolean;
  /** Where its a and b begin among those of the norm, vectors; null: taken as it is. */
  norm: number | null;
  /** SiLU after the norm, or another. */
  activate: Activation;
}

export type KernelSide = 1 | 2 | 3 | 7;

/** true: SiLU. */
export type Activation = boolean | 'relu';

/** The line that activates `v`. */
export const activated = (activation: Activation): string =>
  activation === false ? '' : activation === 'relu' ? ' v = max(v, vec4<f32>(0.0));' : ' v = silu(v);';

/** Threads of a workgroup: `groups` by (width / across) x height. */
export interface Tile {
  width: number;
  height: number;
  /** Pixels of a thread, side by side. */
  across: number;
  /** Threads side by side over channels. */
  groups: number;
  /** Vectors of channels of a thread. */
  vectors: number;
  /** The kernel's columns one after the other in the text, so that a pixel is read once for all three; false: a loop, for slow compilers. */
  unrolled: boolean;
  /** Weights go through workgroup memory; false: each thread reads its own from the buffer. */
  shared: boolean;
}

export interface ConvolutionSpec {
  parts: readonly Part[];
  out: Size;
  batch: number;
  /** Vectors a batch entry of the norm's (a, b) pairs. */
  normQuads: number;
  /** From one batch entry's vectors to the next's. */
  vectorQuads: number;
  residual: boolean;
  scale: number;
  tanh: boolean;
  statistics: boolean;
  /** The output's vectors are those of four pixels, which go side by side into an image of twice the sides: left to right, then top to bottom. */
  shuffle: boolean;
  storage: Storage;
  /** With scales: of each part's outputs, before all rows. */
  weights: WeightStorage;
  tile: Tile;
}

/** Bindings: the parts' images, weights, vectors from bias (and time) on, [norm], [residual], out, [statistics]. */
export function convolution(spec: ConvolutionSpec): Kernel {
  const { parts, out, batch, tile, storage } = spec;
  const threads = threadsOf(tile);
  const tilesX = ceilDiv(out.width, tile.width);
  const tilesY = ceilDiv(out.height, tile.height);
  const columns = tile.groups * tile.vectors;
  const stages = parts.map((part) => stageOf(part, tile));
  const accumulators = tile.across * tile.vectors;
  const memory = Math.max(
    ...stages.map(({ pixels, rows, shared }) => pixels + (shared ? rows * columns : 0)),
    spec.statistics ? 2 * threads * tile.vectors : 0,
  );
  const code = `${declarations([
    ...parts.map((_, i) => [`in${i}`, vectorsOf(storage)] as const),
    ['weights', vectorsOf(spec.weights)],
    ['vectors', 'array<vec4<f32>>'],
    ...(parts.some(({ norm }) => norm !== null) ? [['norm', 'array<vec4<f32>>'] as const] : []),
    ...(spec.residual ? [['residual', vectorsOf(storage)] as const] : []),
    ['out', vectorsOf(storage), 'read_write'],
    ...(spec.statistics ? [['statistics', 'array<vec4<f32>>', 'read_write'] as const] : []),
  ])}
${FUNCTIONS}
var<workgroup> memory: array<vec4<f32>, ${memory}>;

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>) {
  // 0, which no compiler knows: loops with it are not written out.
  let none = groups.z >> 31u;
  let batch = group.z;
  let left = i32(group.x % ${tilesX}u) * ${tile.width};
  let top = i32(group.x / ${tilesX}u) * ${tile.height};
  let column = group.y * ${columns}u;
  let channel = thread % ${tile.groups}u;
  let place = thread / ${tile.groups}u;
  let x0 = (place % ${tile.width / tile.across}u) * ${tile.across}u;
  let y0 = place / ${tile.width / tile.across}u;
${unrolled(accumulators, (i) => `  var sum${i} = vec4<f32>(0.0);`)}
${parts.map((part, i) => partCode(spec, part, i, stages)).join('\n')}
${epilogue(spec, tilesX * tilesY)}
}`;
  return { code, workgroups: [tilesX * tilesY, ceilDiv(out.quads, columns), batch] };
}

export const threadsOf = ({ width, height, across, groups }: Tile): number =>
  groups * (width / across) * height;

interface Stage {
  /** Vectors of channels at a time. */
  depth: number;
  /** Rows of weights. */
  rows: number;
  pixels: number;
  haloWidth: number;
  haloHeight: number;
  /** As the tile's, where there is room. */
  shared: boolean;
}

/** Vectors of workgroup memory: 16 KiB, which every device has. */
export const MOST_MEMORY = 1024;

/** What a part has in workgroup memory at a time. */
function stageOf({ kernel, stride, quads }: Part, tile: Tile): Stage {
  const { width, height } = tile;
  const haloWidth = (width - 1) * stride + kernel;
  const haloHeight = (height - 1) * stride + kernel;
  const most = kernel > 1 ? 1 : Math.max(1, Math.min(4, Math.floor(512 / (haloWidth * haloHeight))));
  let depth = most;
  while (quads % depth !== 0) depth--;
  const rows = depth * kernel * kernel * 4;
  const pixels = depth * haloWidth * haloHeight;
  const shared = tile.shared && pixels + rows * tile.groups * tile.vectors <= MOST_MEMORY;
  return { depth, rows, pixels, haloWidth, haloHeight, shared };
}

/** Rows of the weights that a part takes: a vector of channels, a place of the kernel, a channel of the vector. */
const rowsOf = ({ kernel, quads }: Part) => quads * kernel * kernel * 4;

function partCode(spec: ConvolutionSpec, part: Part, index: number, stages: readonly Stage[]): string {
  const { tile, out, storage, weights } = spec;
  const { kernel, stride, pad, quads } = part;
  const { depth, rows, pixels, haloWidth, haloHeight, shared } = stages[index];
  const threads = threadsOf(tile);
  const columns = tile.groups * tile.vectors;
  const firstRow = spec.parts.slice(0, index).reduce((sum, p) => sum + rowsOf(p), 0);
  const place = (name: string, size: number, at: string) =>
    part.reflect ? `let ${name} = ${size - 1} - abs(${size - 1} - abs(${at}));` : `let ${name} = ${at};`;
  const norm = (at: string) => `(batch * ${spec.normQuads}u + ${part.norm}u + ${at}) * 2u`;
  const normed =
    part.norm === null
      ? ''
      : `let n = ${norm('quad')};
        v = norm[n] * v + norm[n + 1u];${activated(part.activate)}`;
  const whole = out.quads % columns === 0;
  const isScaled = weights === 'q8';
  const scales = isScaled ? `${4 * spec.parts.length * out.quads}u + ` : '';
  const scaleOf = (quad: string) =>
    loadedScale('weights', `${index * out.quads}u + min(${quad}, ${out.quads - 1}u)`);
  // A thread's columns are all the same one: as many threads as there are in a workgroup are a multiple of them.
  const ownScales = !isScaled
    ? ''
    : shared
      ? `  let scale${index} = ${scaleOf(`column + thread % ${columns}u`)};`
      : unrolled(
          tile.vectors,
          (v) => `  let scale${index}_${v} = ${scaleOf(`column + channel + ${v * tile.groups}u`)};`,
        );
  const weight = `${loaded(
    weights,
    `weights[${scales}(${firstRow}u + first * ${kernel * kernel * 4}u + i / ${columns}u) * ${out.quads}u + column + i % ${columns}u]`,
  )}${isScaled ? ` * scale${index}` : ''}`;
  const own: OwnWeight = (at, v) =>
    shared
      ? `memory[${at}]`
      : `${loaded(weights, `weights[${at}]`)}${isScaled ? ` * scale${index}_${v}` : ''}`;
  const sharedWeights = `    for (var i = thread; i < ${rows * columns}u${tile.unrolled ? '' : ' + none'}; i += ${threads}u) {
      ${
        whole
          ? `memory[${pixels}u + i] = ${weight};`
          : `var w = vec4<f32>(0.0);
      if (column + i % ${columns}u < ${out.quads}u) { w = ${weight}; }
      memory[${pixels}u + i] = w;`
      }
    }
`;
  return `
${ownScales}
  for (var first = 0u; first < ${quads}u${tile.unrolled ? '' : ' + none'}; first += ${depth}u) {
    workgroupBarrier();
    for (var i = thread; i < ${pixels}u${tile.unrolled ? '' : ' + none'}; i += ${threads}u) {
      let quad = first + i / ${haloWidth * haloHeight}u;
      ${place('x', part.width, `left * ${stride} + i32(i % ${haloWidth}u) - ${pad}`)}
      ${place('y', part.height, `top * ${stride} + i32((i / ${haloWidth}u) % ${haloHeight}u) - ${pad}`)}
      var v = vec4<f32>(0.0);
      if (x >= 0 && x < ${part.width} && y >= 0 && y < ${part.height}) {
        v = ${loaded(storage, `in${index}[((batch * ${part.height}u + u32(y)) * ${part.width}u + u32(x)) * ${quads}u + quad]`)};
        ${normed}
      }
      memory[i] = v;
    }
${shared ? sharedWeights : ''}    workgroupBarrier();
    for (var row = 0u; row < ${depth * kernel}u${tile.unrolled ? '' : ' + none'}; row++) {
      let pixel = ((row / ${kernel}u) * ${haloHeight}u + y0 * ${stride}u + row % ${kernel}u) * ${haloWidth}u + x0 * ${stride}u;
      let weight = ${
        shared
          ? `${pixels}u + row * ${kernel * 4 * columns}u + channel`
          : `${scales}(${firstRow}u + (first * ${kernel}u + row) * ${kernel * 4}u) * ${out.quads}u + column + channel`
      };
${(tile.unrolled ? unrolledColumns : loopedColumns)(part, spec, shared, own)}
    }
  }`;
}

/** A thread's row of weights, of its vector `v` of channels. */
type OwnWeight = (at: string, v: number) => string;

type Columns = (part: Part, spec: ConvolutionSpec, shared: boolean, own: OwnWeight) => string;

const unrolledColumns: Columns = ({ kernel, stride }, spec, shared, own) => {
  const { tile } = spec;
  const pixels = unrolled(
    (tile.across - 1) * stride + kernel,
    (i) => `      let p${i} = memory[pixel + ${i}u];`,
  );
  const column = (kx: number) => products(spec, (p) => `p${p * stride + kx}`, 'weight', kx * 4, shared, own);
  return `${pixels}
${unrolled(kernel, (kx) => `      {\n${column(kx)}\n      }`)}`;
};

const loopedColumns: Columns = ({ kernel, stride }, spec, shared, own) => {
  const { tile } = spec;
  return `      for (var kx = 0u; kx < ${kernel}u + none; kx++) {
        let first = weight + kx * ${4 * rowLength(spec, shared)}u;
${unrolled(tile.across, (p) => `        let p${p} = memory[pixel + kx + ${p * stride}u];`)}
${products(spec, (p) => `p${p}`, 'first', 0, shared, own)}
      }`;
};

/** Vectors from one row of weights to the next, where they are read. */
const rowLength = ({ tile, out }: ConvolutionSpec, shared: boolean) =>
  shared ? tile.groups * tile.vectors : out.quads;

/** A vector of channels of each pixel times their rows of weights. */
function products(
  spec: ConvolutionSpec,
  pixel: (p: number) => string,
  first: string,
  row: number,
  shared: boolean,
  own: OwnWeight,
): string {
  const { across, vectors, groups } = spec.tile;
  return unrolled(4, (lane) =>
    unrolled(vectors, (v) => {
      const w = `w${lane}_${v}`;
      const at = `${first} + ${(row + lane) * rowLength(spec, shared) + v * groups}u`;
      const sums = unrolled(across, (p) => {
        const sum = `sum${p * vectors + v}`;
        return `        ${sum} = fma(vec4<f32>(${pixel(p)}.${'xyzw'[lane]}), ${w}, ${sum});`;
      });
      return `        let ${w} = ${own(at, v)};\n${sums}`;
    }),
  );
}

function epilogue(spec: ConvolutionSpec, tiles: number): string {
  const { tile, out, storage } = spec;
  const columns = tile.groups * tile.vectors;
  const whole = out.quads % columns === 0;
  const inside = (p: number) => [
    ...(out.width % tile.width === 0 ? [] : [`left + i32(x0) + ${p} < ${out.width}`]),
    ...(out.height % tile.height === 0 ? [] : [`top + i32(y0) < ${out.height}`]),
  ];
  const when = (conditions: string[], text: string) =>
    conditions.length === 0 ? text : `if (${conditions.join(' && ')}) { ${text} }`;
  const finished = unrolled(tile.vectors, (v) => {
    const quad = `quad${v}`;
    const hasChannel = whole ? [] : [`${quad} < ${out.quads}u`];
    return `
  let ${quad} = column + channel + ${v * tile.groups}u;
  ${whole ? '' : `if (${hasChannel.join('')}) {`}
  let addend${v} = vectors[batch * ${spec.vectorQuads}u + ${quad}];
${unrolled(tile.across, (p) => {
  const sum = `sum${p * tile.vectors + v}`;
  const at = `at${p}_${v}`;
  const value = `(${sum} + addend${v}${spec.residual ? ` + ${loaded(storage, `residual[${at}]`)}` : ''})${spec.scale === 1 ? '' : ` * ${literal(spec.scale)}`}`;
  return `  ${when(
    inside(p),
    `let ${at} = ${placeOut(spec, 'u32(top) + y0', `u32(left) + x0 + ${p}u`, quad)};
    ${sum} = ${spec.tanh ? `tanh(${value})` : value}; out[${at}] = ${stored(storage, sum)};`,
  )}`;
})}
  ${whole ? '' : '}'}`;
  });
  return spec.statistics ? finished + statistics(spec, tiles, inside) : finished;
}

/** Where a vector of an output pixel goes. */
function placeOut({ out, shuffle }: ConvolutionSpec, y: string, x: string, quad: string): string {
  if (!shuffle) return `((batch * ${out.height}u + ${y}) * ${out.width}u + ${x}) * ${out.quads}u + ${quad}`;
  const own = out.quads / 4;
  const pixel = `(${quad} / ${own}u)`;
  const row = `batch * ${2 * out.height}u + (${y}) * 2u + ${pixel} / 2u`;
  return `((${row}) * ${2 * out.width}u + (${x}) * 2u + ${pixel} % 2u) * ${own}u + ${quad} % ${own}u`;
}

/**
 * Of each thread's pixels the sum and the squares about their mean, then a thread a column puts together what all places have: sums of
 * squares about 0 would lose what the mean is large against.
 */
function statistics(spec: ConvolutionSpec, tiles: number, inside: (p: number) => string[]): string {
  const { tile, out } = spec;
  const { across, groups, vectors, width } = tile;
  const threads = threadsOf(tile);
  const columns = groups * vectors;
  const squares = threads * vectors;
  const perRow = width / across;
  const whole = out.width % tile.width === 0 && out.height % tile.height === 0;
  const each = (line: (p: number) => string) =>
    unrolled(
      across,
      (p) => `  ${inside(p).length === 0 ? line(p) : `if (${inside(p).join(' && ')}) { ${line(p)} }`}`,
    );
  const pixelsOf = whole
    ? `${across}.0`
    : `f32(select(0, clamp(${out.width} - left - i32(i % ${perRow}u) * ${across}, 0, ${across}), top + i32(i / ${perRow}u) < ${out.height}))`;
  const target = (k: number) =>
    `statistics[((batch * ${tiles}u + group.x) * 2u + ${k}u) * ${out.quads}u + column + thread]`;
  const write = `${target(0)} = middle; ${target(1)} = square;`;
  const places = `for (var i = 0u; i < ${threads / groups}u${tile.unrolled ? '' : ' + none'}; i++) {
      let n = ${pixelsOf};
      let at = (i * ${groups}u + thread % ${groups}u) * ${vectors}u + thread / ${groups}u;`;
  return `
  var own = 0.0;
${each(() => 'own += 1.0;')}
  workgroupBarrier();
${unrolled(
  vectors,
  (v) => `  var total${v} = vec4<f32>(0.0);
${each((p) => `total${v} += sum${p * vectors + v};`)}
  let mean${v} = total${v} / max(own, 1.0);
  var square${v} = vec4<f32>(0.0);
${each((p) => `square${v} += (sum${p * vectors + v} - mean${v}) * (sum${p * vectors + v} - mean${v});`)}
  memory[thread * ${vectors}u + ${v}u] = mean${v};
  memory[${squares}u + thread * ${vectors}u + ${v}u] = square${v};`,
)}
  workgroupBarrier();
  if (thread < ${columns}u) {
    var middle = vec4<f32>(0.0);
    var pixels = 0.0;
    ${places}
      middle += n * memory[at];
      pixels += n;
    }
    middle /= pixels;
    var square = vec4<f32>(0.0);
    ${places}
      let apart = memory[at] - middle;
      square += memory[${squares}u + at] + n * apart * apart;
    }
    ${out.quads % columns === 0 ? write : `if (column + thread < ${out.quads}u) { ${write} }`}
  }`;
}
