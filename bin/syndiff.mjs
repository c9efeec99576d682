#!/usr/bin/env node
/** Starts the command line. In a checkout it is first built from src/, so that `npx syndiff` works right after `npm ci` and never runs old code. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

async function fileToRun() {
  if (!existsSync(join(ROOT, 'src/cli/entry.ts'))) return join(ROOT, 'dist/cli/syndiff.mjs');
  const { builtCli } = await import('../scripts/buildCli.mjs');
  return builtCli(ROOT);
}

const file = await fileToRun().catch((error) => {
  const advice = error.code === 'EROFS' ? 'make one of them so' : 'run npm ci first';
  process.stderr.write(`syndiff: cannot be built (${error.message.split('\n')[0]}); ${advice}\n`);
  process.exit(1);
});
await import(pathToFileURL(file).href);
