/** The command line as one file, made from src/ where it is missing or older than its sources. Only Node's own modules here. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCES = [
  'src',
  'bin/syndiff.mjs',
  'scripts/buildCli.mjs',
  'scripts/kernels.mjs',
  'package-lock.json',
];
const BUILT = 'dist/cli/syndiff.mjs';
/** What the file looks for above itself: its version, its packages, the models. */
const ABOVE = ['package.json', 'node_modules', 'public'];

/** Where writing is not allowed, or there is no space. */
const NOT_HERE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']);

/**
 * The file to run. Where the checkout cannot be written it is made in a folder of its own, which goes when the program ends.
 * @param {string} root the checkout
 * @param {{ bundle?: (root: string, into: string) => Promise<void>, say?: (text: string) => void, temporary?: string }} [given] `bundle` writes syndiff.mjs into a folder
 * @returns {Promise<string>}
 */
export async function builtCli(
  root,
  {
    bundle = bundleCli,
    say = (text) => process.stderr.write(`syndiff: ${text}\n`),
    temporary = tmpdir(),
  } = {},
) {
  const built = join(root, BUILT);
  const newest = Math.max(...SOURCES.map((path) => newestChange(join(root, path))));
  if (newest <= modified(built)) return built;
  try {
    await buildInto(root, newest, () => say('building the command line, once'), bundle);
    return built;
  } catch (error) {
    if (!NOT_HERE.has(error.code)) throw error;
  }
  const aside = folderIn(temporary);
  if (aside === null) {
    if (modified(built) === 0)
      throw Object.assign(new Error(`${join(root, 'dist')} or ${temporary} must be writable, got neither`), {
        code: 'EROFS',
      });
    say(`older than its sources, and run so: neither ${join(root, 'dist')} nor ${temporary} can be written`);
    return built;
  }
  say(`building the command line for this call alone: ${join(root, 'dist')} cannot be written`);
  process.once('exit', () => rmSync(aside, { recursive: true, force: true }));
  for (const name of ABOVE) symlinkSync(join(root, name), join(aside, name), 'junction');
  const into = join(aside, 'dist/cli');
  mkdirSync(into, { recursive: true });
  await bundle(root, into);
  return join(into, 'syndiff.mjs');
}

/** A new folder; null where there can be none. */
function folderIn(temporary) {
  try {
    return mkdtempSync(join(temporary, 'syndiff-'));
  } catch {
    return null;
  }
}

/** Built aside and renamed, so that a second start never sees half a file, nor takes another's away. */
async function buildInto(root, newest, begins, bundle) {
  mkdirSync(join(root, 'dist/cli'), { recursive: true });
  const aside = mkdtempSync(join(root, 'dist/cli-'));
  begins();
  try {
    await bundle(root, aside);
    // As old as what it was made from, in whole milliseconds: what changes while it is made is newer.
    utimesSync(join(aside, 'syndiff.mjs'), new Date(), new Date(Math.ceil(newest)));
    renameSync(join(aside, 'syndiff.mjs'), join(root, BUILT));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

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

async function bundleCli(root, into) {
  const [{ build }, { kernelsPlugin }] = await Promise.all([import('vite'), import('./kernels.mjs')]);
  await build({
    root,
    configFile: false,
    plugins: [kernelsPlugin(root)],
    publicDir: false,
    logLevel: 'error',
    // Two copies of tfjs-core would each have an own engine; these fields make all tfjs packages take the same one.
    resolve: { mainFields: ['module', 'main'] },
    // `webgpu` loads a native library, onnxruntime-web wasm, that lies beside its own file; the latter is there for comparison only.
    ssr: { noExternal: true, external: ['webgpu', 'onnxruntime-web'], target: 'node' },
    build: {
      ssr: join(root, 'src/cli/entry.ts'),
      target: 'node20',
      outDir: into,
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
}
