/**
 * Deterministic weights and inputs from an integer hash, the same in every language: for known answers without files.
 * lowbias32 is Chris Wellons' "hash prospector" function.
 */
import type { NamedTensor } from './formats/namedTensor';
import type { ParameterRow } from './networks/table';

function lowbias32(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}

/** Number i of the stream of a seed, uniform in [-1, 1). */
function hashUniform(seed: number, i: number): number {
  const h = lowbias32((i + Math.imul(seed, 0x9e3779b9)) >>> 0);
  return ((h >>> 8) / 16777216) * 2 - 1;
}

/** `count` numbers like N(0, 1) from two streams of the seed. */
export function hashNormals(seed: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(Math.max((hashUniform(seed, i) + 1) / 2, 2 ** -25)));
    return radius * Math.cos((2 * Math.PI * (hashUniform(seed + 7919, i) + 1)) / 2);
  });
}

/** Weights of unit gain for every row, by one running index over all rows in the authors' order. */
export function hashWeights(
  seed: number,
  table: readonly Pick<ParameterRow, 'name' | 'shape'>[],
): Map<string, NamedTensor> {
  const state = new Map<string, NamedTensor>();
  let index = 0;
  for (const { name, shape } of table) {
    const count = shape.reduce((p, n) => p * n, 1);
    const data = new Float32Array(count);
    const value = weightRule(name, shape);
    for (let i = 0; i < count; i++) data[i] = value(hashUniform(seed, index++), i);
    state.set(name, { shape, data });
  }
  return state;
}

function weightRule(name: string, shape: number[]): (u: number, i: number) => number {
  if (shape.length > 1) {
    const fan = name.endsWith('.W') ? shape[0] : shape.slice(1).reduce((p, n) => p * n, 1);
    const scale = Math.sqrt(3 / fan);
    return (u) => u * scale;
  }
  if (name.endsWith('style.bias')) return (u, i) => 0.2 * u + (i < shape[0] / 2 ? 1 : 0);
  if (name.endsWith('weight')) return (u) => 1 + 0.2 * u;
  return (u) => 0.1 * u;
}

/** FNV-1a of a text's letters, a whole number of 0 .. 2^32-1. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
