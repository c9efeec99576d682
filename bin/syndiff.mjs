#!/usr/bin/env node
/**
 * Starts the command line. In a checkout it is first built from src/ where the built file is missing or older than its
 * sources, so that `npx syndiff` works right after `npm ci` and never runs old code.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src', 'bin/syndiff.mjs', 'package-lock.json'].map((path) => join(ROOT, path));
const BUILT = join(ROOT, 'dist/cli/syndiff.mjs');

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestChange(path) {
  const own = modified(path);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return own;
  const inside = readdirSync(path)
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .map((name) => newestChange(join(path, name)));
  return Math.max(own, ...inside);
}

/** Bundles src/cli/entry.ts into one file; built aside and renamed, so that a second start never sees half a file. */
async function build() {
  process.stderr.write('syndiff: building the command line, once\n');
  const { build: viteBuild } = await import('vite');
  const aside = join(ROOT, `dist/cli-${process.pid}`);
  try {
    await viteBuild({
      root: ROOT,
      configFile: false,
      publicDir: false,
      logLevel: 'error',
      // Two copies of tfjs-core would each have an own engine; these fields make all tfjs packages take the same one.
      resolve: { mainFields: ['module', 'main'] },
      // `webgpu` loads a native library that lies beside its own file.
      ssr: { noExternal: true, external: ['webgpu'], target: 'node' },
      build: {
        ssr: join(ROOT, 'src/cli/entry.ts'),
        target: 'node20',
        outDir: aside,
        minify: false,
        rollupOptions: {
          output: {
            entryFileNames: 'syndiff.mjs',
            codeSplitting: false,
            // tfjs's wasm loader is CommonJS inside: in Node it asks for these by name.
            banner:
              "import { createRequire as __createRequire } from 'node:module';\n" +
              "import { fileURLToPath as __fileURLToPath } from 'node:url';\n" +
              'const require = __createRequire(import.meta.url);\n' +
              "const __dirname = __fileURLToPath(new URL('.', import.meta.url));\n",
          },
        },
      },
    });
    mkdirSync(join(ROOT, 'dist/cli'), { recursive: true });
    renameSync(join(aside, 'syndiff.mjs'), BUILT);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

const inCheckout = existsSync(join(ROOT, 'src/cli/entry.ts'));
if (inCheckout && Math.max(...SOURCES.map(newestChange)) > modified(BUILT)) {
  await build().catch((error) => {
    process.stderr.write(`syndiff: cannot be built (${error.message.split('\n')[0]}); run npm ci first\n`);
    process.exit(1);
  });
}
await import(pathToFileURL(BUILT).href);
