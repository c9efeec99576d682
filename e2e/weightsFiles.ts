/** Weights as a user brings them: the shipped generator under a name of its own, and files that only look like one. */
import { readFile } from 'node:fs/promises';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../src/engine/weights/safetensors';
import type { TestFile } from './phantom';

export const SHIPPED = 'public/weights/t1w-to-flair-interim';

export async function shippedWeights(name: string): Promise<TestFile> {
  return asFile(name, await readFile(`${SHIPPED}/weights.safetensors`));
}

/** The shipped generator with a chain of so many steps: metadata that own weights may carry. */
export async function shippedWeightsOfSteps(name: string, steps: number): Promise<TestFile> {
  const { tensors, metadata } = readSafetensors(await readFile(`${SHIPPED}/weights.safetensors`));
  const same = [...tensors].map(([key, { shape, data }]): [string, WritableTensor] => [
    key,
    { dtype: 'F16', shape, data: data as Float32Array },
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
