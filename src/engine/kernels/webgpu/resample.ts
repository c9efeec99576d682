/** Up and down by 2 and the pyramid's smoothing, in one pass: of the image as it is, of its norm and SiLU, or of both at once. */
import {
  ceilDiv,
  declarations,
  FUNCTIONS,
  type Kernel,
  literal,
  loaded,
  type Storage,
  stored,
  vectorsOf,
} from './wgsl';

export type Resampling = 'up' | 'down' | 'smooth';

export interface ResampleSpec {
  kind: Resampling;
  /** [1, 3, 3, 1]; false: nearest neighbour up, mean of 2x2 down. */
  fir: boolean;
  /** Of the input. */
  height: number;
  width: number;
  quads: number;
  batch: number;
  /** What is made: of the input itself, of silu(a x + b), or of both. */
  raw: boolean;
  activated: boolean;
  storage: Storage;
}

/** Height and width of what comes out. */
export function resampledSize(
  kind: Resampling,
  height: number,
  width: number,
): { height: number; width: number } {
  if (kind === 'up') return { height: 2 * height, width: 2 * width };
  if (kind === 'down') return { height: height / 2, width: width / 2 };
  return { height: height + 1, width: width + 1 };
}

const THREADS = 64;

/** Weights of the input pixels about `base` that an output pixel at `at` of an axis is the sum of. */
interface Taps {
  base: (at: string) => string;
  weights: (at: string) => string[];
}

function tapsOf({ kind, fir }: Pick<ResampleSpec, 'kind' | 'fir'>): Taps {
  const constant = (base: Taps['base'], weights: number[]) => ({ base, weights: () => weights.map(literal) });
  if (kind === 'smooth') return constant((at) => `${at} - 2`, [0.125, 0.375, 0.375, 0.125]);
  if (kind === 'down')
    return fir
      ? constant((at) => `2 * ${at} - 1`, [0.125, 0.375, 0.375, 0.125])
      : constant((at) => `2 * ${at}`, [0.5, 0.5]);
  if (!fir) return constant((at) => `${at} / 2`, [1]);
  // Zeros between the pixels and gain 2: three quarters of the nearer, a quarter of the other neighbour.
  return {
    base: (at) => `(${at} + 1) / 2 - 1`,
    weights: (at) => [`select(0.25, 0.75, ${at} % 2 == 1)`, `select(0.75, 0.25, ${at} % 2 == 1)`],
  };
}

/** Bindings: in, [norm], [raw], [activated]. */
export function resample(spec: ResampleSpec): Kernel {
  const { height, width, quads, batch, storage, raw, activated } = spec;
  const out = resampledSize(spec.kind, height, width);
  const taps = tapsOf(spec);
  const count = taps.weights('0').length;
  const vectors = batch * out.height * out.width * quads;
  const groups = ceilDiv(vectors, THREADS);
  const groupsX = Math.min(groups, 32768);
  const code = `${declarations([
    ['in0', vectorsOf(storage)],
    ...(activated ? [['norm', 'array<vec4<f32>>'] as const] : []),
    ...(raw ? [['raw', vectorsOf(storage), 'read_write'] as const] : []),
    ...(activated ? [['activated', vectorsOf(storage), 'read_write'] as const] : []),
  ])}
${FUNCTIONS}

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let i = (group.y * ${groupsX}u + group.x) * ${THREADS}u + thread;
  if (i >= ${vectors}u) { return; }
  let quad = i % ${quads}u;
  let ox = i32((i / ${quads}u) % ${out.width}u);
  let oy = i32((i / ${quads * out.width}u) % ${out.height}u);
  let batch = i / ${quads * out.width * out.height}u;
  let left = ${taps.base('ox')};
  let top = ${taps.base('oy')};
  let across = array<f32, ${count}>(${taps.weights('ox').join(', ')});
  let down = array<f32, ${count}>(${taps.weights('oy').join(', ')});
  ${activated ? `let n = (batch * ${quads}u + quad) * 2u; let a = norm[n]; let b = norm[n + 1u];` : ''}
  var plain = vec4<f32>(0.0);
  var lit = vec4<f32>(0.0);
  for (var ky = 0; ky < ${count}; ky++) {
    let y = top + ky;
    if (y < 0 || y >= ${height}) { continue; }
    for (var kx = 0; kx < ${count}; kx++) {
      let x = left + kx;
      if (x < 0 || x >= ${width}) { continue; }
      let v = ${loaded(storage, `in0[((batch * ${height}u + u32(y)) * ${width}u + u32(x)) * ${quads}u + quad]`)};
      let weight = across[kx] * down[ky];
      ${raw ? 'plain += weight * v;' : ''}
      ${activated ? 'lit += weight * silu(a * v + b);' : ''}
    }
  }
  ${raw ? `raw[i] = ${stored(storage, 'plain')};` : ''}
  ${activated ? `activated[i] = ${stored(storage, 'lit')};` : ''}
}`;
  return { code, workgroups: [groupsX, ceilDiv(groups, groupsX), 1] };
}
