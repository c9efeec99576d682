/** The golden folder of the project's shared data, which may be absent: tests on it then say so and are skipped. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const GOLDEN_DIR = resolve(
  process.env.SYNDIFF_GOLDEN ?? join(import.meta.dirname, '../../shared/golden'),
);
export const hasGolden = existsSync(join(GOLDEN_DIR, 'schedule.json'));
export const goldenFiles = hasGolden ? readdirSync(GOLDEN_DIR) : [];

export async function readGolden(name: string): Promise<Uint8Array> {
  return readFileSync(join(GOLDEN_DIR, name));
}
