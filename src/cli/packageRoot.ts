import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: two levels above this file, both in src/cli and in the bundle dist/cli. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** As package.json says it. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;
}
