/** Files of reference numbers: inputs, weights and outputs as tensors (safetensors), notes in the header. */
import { readSafetensors } from '../engine/formats/safetensors';
import type { NamedTensor } from '../engine/networks/config';

/** Reads a file of the golden folder; names are relative to it. */
export type GoldenReader = (name: string) => Promise<Uint8Array>;

/** A golden file: its tensors by name, and its header's notes. */
export interface GoldenTensors {
  metadata: Record<string, string>;
  tensors: ReadonlyMap<string, NamedTensor>;
}

/** All tensors as float32. */
export function readGolden(bytes: Uint8Array): GoldenTensors {
  const { tensors, metadata } = readSafetensors(bytes);
  const asFloat = new Map<string, NamedTensor>();
  for (const [name, { shape, data }] of tensors) asFloat.set(name, { shape, data: Float32Array.from(data) });
  return { tensors: asFloat, metadata };
}
