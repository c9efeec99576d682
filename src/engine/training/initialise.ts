/** Random weights as the authors begin with (SYNDIFF.md section 3, "Initialisation"), under their names and in their layout. */
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import type { ParameterRow, ParameterTable } from '../networks/table';
import { normals, uniforms } from '../random';
import type { NetworkName } from './networks';

/** Of the last convolution of a residual block, the attention's output and the head: the network begins near a plain sum. */
const ALMOST_ZERO = 1e-10;
const STARTS_ALMOST_ZERO = /(^|\.)(conv1|attention\.out|(head|output)\.conv)\.weight$/;

/** A counter that no iteration reaches: weights and draws of one seed do not share numbers. */
const STEP = 0xffffffff;

/** Every network has numbers of its own. */
const NUMBER: Record<NetworkName, number> = {
  'g.a': 0,
  'g.b': 1,
  'r.a': 2,
  'r.b': 3,
  'd.a': 4,
  'd.b': 5,
  'p.a': 6,
  'p.b': 7,
};

export function initialState(name: NetworkName, table: ParameterTable, seed: number): StateDict {
  const fromNormal = /^[rp]\./.test(name);
  const state = new Map<string, NamedTensor>();
  table.forEach((row, index) => {
    const count = row.shape.reduce((a, b) => a * b, 1);
    const key = { seed, sample: NUMBER[name], slice: index, step: STEP, stream: 'noise' } as const;
    const data =
      row.shape.length === 1
        ? startOfVector(row)
        : fromNormal
          ? normals(key, count).map((v) => 0.02 * v)
          : uniforms(key, count).map((u) => (2 * u - 1) * varianceScalingBound(row));
    state.set(row.name, { shape: row.shape, data });
  });
  return state;
}

/** Biases 0; group norm's scales 1, and those that a style layer predicts, the first half of its bias. */
function startOfVector({ path, shape: [length] }: ParameterRow): Float32Array {
  const data = new Float32Array(length);
  if (/norm1?\.weight$/.test(path)) data.fill(1);
  if (/norm[01]\.style\.bias$/.test(path)) data.fill(1, 0, length / 2);
  return data;
}

/** DDPM's variance scaling: uniform, fan average, scale 1. */
function varianceScalingBound({ path, shape }: ParameterRow): number {
  const [first, second, ...kernel] = shape;
  const fan = ((first + second) / 2) * kernel.reduce((a, b) => a * b, 1);
  return Math.sqrt((3 * (STARTS_ALMOST_ZERO.test(path) ? ALMOST_ZERO : 1)) / fan);
}
