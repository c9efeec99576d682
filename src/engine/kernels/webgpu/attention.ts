/** softmax(q k / sqrt C) v over all positions, one head, for a few queries at a time: scores stay in workgroup memory. */
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

export interface AttentionSpec {
  /** Positions of an image. */
  positions: number;
  channels: number;
  quads: number;
  batch: number;
  storage: Storage;
}

const THREADS = 64;
const QUERIES = 4;
/** Threads a query. */
const EACH = THREADS / QUERIES;

/** Bytes of workgroup memory. */
export const attentionMemory = ({ positions, quads }: Pick<AttentionSpec, 'positions' | 'quads'>): number =>
  4 * QUERIES * positions + 16 * QUERIES * quads + 8 * THREADS;

/** Bindings: q, k and v of a position side by side; out. */
export function attention({ positions, channels, quads, batch, storage }: AttentionSpec): Kernel {
  const part = (which: number, position: string, quad: string) =>
    loaded(
      storage,
      `qkv[(batch * ${positions}u + ${position}) * ${3 * quads}u + ${which * quads}u + ${quad}]`,
    );
  const code = `${declarations([
    ['qkv', vectorsOf(storage)],
    ['out', vectorsOf(storage), 'read_write'],
  ])}
${FUNCTIONS}
var<workgroup> queries: array<vec4<f32>, ${QUERIES * quads}>;
var<workgroup> scores: array<f32, ${QUERIES * positions}>;
var<workgroup> mosts: array<f32, ${THREADS}>;
var<workgroup> sums: array<f32, ${THREADS}>;

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let batch = group.y;
  let first = group.x * ${QUERIES}u;
  for (var i = thread; i < ${QUERIES * quads}u; i += ${THREADS}u) {
    queries[i] = ${part(0, `min(first + i / ${quads}u, ${positions - 1}u)`, `i % ${quads}u`)};
  }
  workgroupBarrier();
  for (var n = thread; n < ${positions}u; n += ${THREADS}u) {
    var dots = vec4<f32>(0.0);
    for (var c = 0u; c < ${quads}u; c++) {
      let key = ${part(1, 'n', 'c')};
      dots += vec4<f32>(${[0, 1, 2, 3].map((q) => `dot(queries[${q * quads}u + c], key)`).join(', ')});
    }
    dots *= ${literal(1 / Math.sqrt(channels))};
    ${[0, 1, 2, 3].map((q) => `scores[${q * positions}u + n] = dots[${q}];`).join(' ')}
  }
  workgroupBarrier();
  // Softmax, some threads a query; every one of them adds what the others have, which wants few barriers.
  let row = (thread / ${EACH}u) * ${positions}u;
  let own = thread / ${EACH}u * ${EACH}u;
  var most = scores[row];
  for (var n = thread % ${EACH}u; n < ${positions}u; n += ${EACH}u) { most = max(most, scores[row + n]); }
  mosts[thread] = most;
  workgroupBarrier();
  for (var i = 0u; i < ${EACH}u; i++) { most = max(most, mosts[own + i]); }
  var sum = 0.0;
  for (var n = thread % ${EACH}u; n < ${positions}u; n += ${EACH}u) {
    let share = exp(scores[row + n] - most);
    scores[row + n] = share;
    sum += share;
  }
  sums[thread] = sum;
  workgroupBarrier();
  for (var i = thread; i < ${QUERIES * quads}u; i += ${THREADS}u) {
    let q = i / ${quads}u;
    let c = i % ${quads}u;
    var whole = 0.0;
    for (var j = 0u; j < ${EACH}u; j++) { whole += sums[q * ${EACH}u + j]; }
    var mixed = vec4<f32>(0.0);
    for (var n = 0u; n < ${positions}u; n++) { mixed += scores[q * ${positions}u + n] * ${part(2, 'n', 'c')}; }
    if (first + q < ${positions}u) { out[(batch * ${positions}u + first + q) * ${quads}u + c] = ${stored(storage, 'mixed / whole')}; }
  }
}`;
  return { code, workgroups: [ceilDiv(positions, QUERIES), batch, 1] };
}
