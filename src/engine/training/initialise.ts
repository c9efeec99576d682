/** Random weights as the table's rows say that they begin, under the authors' names and in their layout. */
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import type { NetworkSpec } from '../methods/method';
import type { ParameterRow } from '../networks/table';
import { type NoiseKey, normals, uniforms } from '../random';

/** A counter that no iteration reaches: weights and draws of one seed do not share numbers. */
const STEP = 0xffffffff;

export function initialState(
  { number, table }: Pick<NetworkSpec, 'number' | 'table'>,
  seed: number,
): StateDict {
  const state = new Map<string, NamedTensor>();
  table.forEach((row, index) => {
    const key: NoiseKey = { seed, sample: number, slice: index, step: STEP, stream: 'noise' };
    state.set(row.name, { shape: row.shape, data: startOf(row, key) });
  });
  return state;
}

function startOf({ start, shape }: ParameterRow, key: NoiseKey): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  switch (start) {
    case 'zero':
      return new Float32Array(count);
    case 'one':
      return new Float32Array(count).fill(1);
    case 'style':
      return new Float32Array(count).fill(1, 0, count / 2);
    case 'normal':
      return normals(key, count).map((v) => 0.02 * v);
    case 'kaiming': {
      const deviation = Math.sqrt((2 * shape[0]) / count);
      return normals(key, count).map((v) => deviation * v);
    }
    case 'fanIn': {
      const bound = Math.sqrt(shape[0] / count);
      return uniforms(key, count).map((u) => (2 * u - 1) * bound);
    }
    case 'uniform':
      return uniforms(key, count);
    default: {
      const bound = Math.sqrt((3 * (start === 'fan' ? 1 : 1e-10)) / fanAverage(shape));
      return uniforms(key, count).map((u) => (2 * u - 1) * bound);
    }
  }
}

function fanAverage([first, second, ...kernel]: readonly number[]): number {
  return ((first + second) / 2) * kernel.reduce((a, b) => a * b, 1);
}
