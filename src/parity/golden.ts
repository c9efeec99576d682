/** Files of reference numbers: inputs, weights and outputs as tensors (safetensors), notes in the header. */
import type { NamedTensor } from '../engine/formats/namedTensor';
import { elementCount, readSafetensors } from '../engine/formats/safetensors';
import { hashNormals, hashWeights } from '../engine/hash';

/** Reads a file of the golden folder; names are relative to it. */
export type GoldenReader = (name: string) => Promise<Uint8Array>;

/** A golden file: its tensors by name, and its header's notes. */
export interface GoldenTensors {
  metadata: Record<string, string>;
  tensors: ReadonlyMap<string, NamedTensor>;
}

/**
 * Tensors that a file leaves out because the hash (engine/hash.ts) gives them to the bit: JSON under `hash` in its metadata.
 * Parameters are `param.` and the authors' name, in the order of their state_dict.
 */
export interface HashedTensors {
  weights?: { seed: number; parameters: [name: string, shape: number[]][] };
  normals: [name: string, shape: number[], seed: number][];
}

/** All tensors as float32, those of the hash among them. */
export function goldenTensors(bytes: Uint8Array): GoldenTensors {
  const { tensors, metadata } = readSafetensors(bytes);
  const asFloat = new Map<string, NamedTensor>();
  for (const [name, { shape, data }] of tensors) asFloat.set(name, { shape, data: Float32Array.from(data) });
  if (metadata.hash)
    for (const [name, tensor] of hashed(JSON.parse(metadata.hash))) asFloat.set(name, tensor);
  return { tensors: asFloat, metadata };
}

function* hashed({ weights, normals }: HashedTensors): Generator<[string, NamedTensor]> {
  if (weights) {
    const rows = weights.parameters.map(([name, shape]) => ({ name, shape }));
    for (const [name, tensor] of hashWeights(weights.seed, rows)) yield [`param.${name}`, tensor];
  }
  for (const [name, shape, seed] of normals)
    yield [name, { shape, data: hashNormals(seed, elementCount(shape)) }];
}
