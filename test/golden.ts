/**
 * Reference numbers for tests. A part lies in test/golden (its README says what); the whole is a folder beside the checkout, or
 * SYNDIFF_GOLDEN: where it is present it is run instead, where it is not tests on the rest of it say so and are skipped.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

export const FIXTURES = join(import.meta.dirname, 'golden');
const named = process.env.SYNDIFF_GOLDEN;
const whole = resolve(named ?? join(import.meta.dirname, '../../shared/golden'));
export const hasWholeGolden = existsSync(join(whole, 'training.safetensors'));
if (named !== undefined && !hasWholeGolden)
  throw new Error(
    `SYNDIFF_GOLDEN: must be a folder of golden files, got ${named} without training.safetensors`,
  );

/** Checkpoints of the shipped models, beside the whole. */
export const CHECKPOINTS_DIR = join(whole, '../weights');

export const GOLDEN_DIR = hasWholeGolden ? whole : FIXTURES;
export const goldenFiles = filesIn(GOLDEN_DIR);

/** Names of all files below, with "/". */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    );
}

export async function readGolden(name: string): Promise<Uint8Array> {
  return readFileSync(join(GOLDEN_DIR, name));
}
