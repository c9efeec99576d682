/** What a norm does to an image, where no convolution that follows can do it as it reads: a residual is added to it. */
import { type Activation, activated } from './convolution';
import {
  ceilDiv,
  declarations,
  FUNCTIONS,
  type Kernel,
  loaded,
  type Storage,
  stored,
  vectorsOf,
} from './wgsl';

export interface NormedSpec {
  batch: number;
  /** Of one image. */
  pixels: number;
  quads: number;
  activate: Activation;
  residual: boolean;
  storage: Storage;
}

const THREADS = 64;

/** [residual +] activation(a x + b). Bindings: in, norm, [residual], out. */
export function normed({ batch, pixels, quads, activate, residual, storage }: NormedSpec): Kernel {
  const vectors = batch * pixels * quads;
  const groups = ceilDiv(vectors, THREADS);
  const groupsX = Math.min(groups, 32768);
  const code = `${declarations([
    ['in0', vectorsOf(storage)],
    ['norm', 'array<vec4<f32>>'],
    ...(residual ? [['residual', vectorsOf(storage)] as const] : []),
    ['out', vectorsOf(storage), 'read_write'],
  ])}
${FUNCTIONS}

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let i = (group.y * ${groupsX}u + group.x) * ${THREADS}u + thread;
  if (i >= ${vectors}u) { return; }
  let n = (i / ${pixels * quads}u * ${quads}u + i % ${quads}u) * 2u;
  var v = norm[n] * ${loaded(storage, 'in0[i]')} + norm[n + 1u];${activated(activate)}
  out[i] = ${stored(storage, residual ? `${loaded(storage, 'residual[i]')} + v` : 'v')};
}`;
  return { code, workgroups: [groupsX, ceilDiv(groups, groupsX), 1] };
}
