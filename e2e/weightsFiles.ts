/** Weights as a user brings them: a generator under a name of its own, and files that only look like one. */
import { readSafetensors, type WritableTensor, writeSafetensors } from '../src/engine/formats/safetensors';
import { firstModel } from './models';
import type { TestFile } from './phantom';

/** The generator that the page is served, as a file. */
export function servedWeights(name: string): TestFile {
  return asFile(name, firstModel('quick').weights);
}

/** A generator with a chain of so many steps: metadata that own weights may carry. */
export function weightsOfSteps(name: string, steps: number): TestFile {
  const { tensors, metadata } = readSafetensors(firstModel('quick').weights);
  const same = [...tensors].map(([key, { shape, data }]): [string, WritableTensor] => [
    key,
    { dtype: 'F32', shape, data: data as Float32Array },
  ]);
  return asFile(name, writeSafetensors(same, { ...metadata, num_timesteps: String(steps) }));
}

/** A whole safetensors file with one tensor that no generator has. */
export function noGenerator(name: string): TestFile {
  const tensor: WritableTensor = { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  return asFile(name, writeSafetensors([['classifier.weight', tensor]], {}));
}

function asFile(name: string, bytes: Uint8Array): TestFile {
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
}
