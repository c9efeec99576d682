/**
 * The wasm kernels, compiled from AssemblyScript where they are missing or other than their sources; for vite, vitest and the command line.
 * With them TensorFlow.js's own wasm, and both once more for threads: on memory that is shared.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SOURCES = 'src/engine/kernels/wasm/assembly';
const CACHE = 'node_modules/.cache/syndiff-kernels';

/** No runtime and no data: the memory is TensorFlow.js's, which knows nothing of what the compiler would put there. */
const OPTIONS = [
  ...['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3', '--noAssert'],
  // Of 4 GiB, as TensorFlow.js's: a memory that is shared has to say so.
  ...['--maximumMemory', '65536'],
  // Sizes and addresses are both 32 bits here.
  ...['--use', 'abort=', '--disableWarning', '201'],
];

const TENSORFLOW = 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm';

/** Modules of one string: the bytes in base64, or, with `-address`, where the page fetches them. */
const FILES = {
  'virtual:kernels': compiledKernels,
  'virtual:kernels-shared': (root) => sharedFile(root, 'kernels', compiledKernels),
  'virtual:tensorflow-shared': (root) => sharedFile(root, 'tensorflow', () => join(root, TENSORFLOW)),
};
const ADDRESS = '-address';

/**
 * @param {string} root the checkout
 * @returns {import('vite').Plugin}
 */
export function kernelsPlugin(root) {
  return {
    name: 'kernels',
    resolveId: (source) => (source.replace(ADDRESS, '') in FILES ? `\0${source}` : null),
    async load(id) {
      const source = id.slice(1);
      const fileOf = id.startsWith('\0') && FILES[source.replace(ADDRESS, '')];
      if (!fileOf) return null;
      const file = await fileOf(root);
      if (source.endsWith(ADDRESS)) return `export { default } from ${JSON.stringify(`${file}?url`)};`;
      return `export default ${JSON.stringify(readFileSync(file).toString('base64'))};`;
    },
  };
}

/**
 * The file that holds them, named by what they were made from.
 * @param {string} root the checkout
 * @param {string} [temporary] where it lies if the checkout cannot be written
 * @returns {Promise<string>}
 */
export async function compiledKernels(root, temporary = tmpdir()) {
  const folder = join(root, SOURCES);
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const compiler = JSON.parse(readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8'));
  const hash = createHash('sha256').update(JSON.stringify([compiler.version, OPTIONS]));
  for (const name of names.sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return kept(root, 'kernels', hash.digest('hex'), () => compile(folder, names), temporary);
}

/** A file's bytes with shared memory, named by what they were made from. */
async function sharedFile(root, name, fileOf) {
  const bytes = readFileSync(await fileOf(root));
  const hash = createHash('sha256').update(bytes).update(withSharedMemory.toString()).digest('hex');
  return kept(root, `${name}-shared`, hash, () => withSharedMemory(bytes), tmpdir());
}

async function kept(root, name, hash, make, temporary) {
  const file = join(root, CACHE, `${name}-${hash.slice(0, 16)}.wasm`);
  if (existsSync(file)) return file;
  const bytes = await make();
  try {
    return written(file, bytes);
  } catch {
    return written(join(mkdtempSync(join(temporary, 'syndiff-kernels-')), `${name}.wasm`), bytes);
  }
}

/**
 * A module whose memory, its own or imported, is shared: one bit of its declaration. What it computes is the same, and it knows nothing of
 * other threads: only one may call it, or what it calls with rooms of its own.
 * @param {Uint8Array} bytes of a module with one memory that has a maximum
 * @returns {Uint8Array}
 */
export function withSharedMemory(bytes) {
  const result = Uint8Array.from(bytes);
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const skipName = () => {
    const length = number();
    at += length;
  };
  let shared = 0;
  const limits = (isMemory) => {
    const flags = bytes[at];
    if (isMemory) {
      if (flags !== WITH_MAXIMUM)
        throw new Error(`memory: must have a maximum and be unshared, got ${flags}`);
      result[at] = WITH_MAXIMUM | SHARED;
      shared++;
    }
    at++;
    number();
    if (flags & WITH_MAXIMUM) number();
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === IMPORTS)
      for (let left = number(); left > 0; left--) {
        skipName();
        skipName();
        const kind = bytes[at++];
        if (kind === 0) number();
        else if (kind === 3) at += 2;
        else {
          if (kind === 1) at++;
          limits(kind === 2);
        }
      }
    if (section === MEMORIES) for (let left = number(); left > 0; left--) limits(true);
    at = end;
  }
  if (shared !== 1) throw new Error(`memory: must be one, got ${shared}`);
  return result;
}

// Of the binary format of WebAssembly: sections, and flags of a memory's limits.
const [IMPORTS, MEMORIES] = [2, 5];
const [WITH_MAXIMUM, SHARED] = [1, 2];

/** Written aside and renamed, so that another process never sees half of it. */
function written(file, bytes) {
  mkdirSync(dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, bytes);
  renameSync(aside, file);
  return file;
}

async function compile(folder, names) {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes = null;
  const { error, stderr } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...OPTIONS], {
    readFile: (name) => (names.includes(name) ? readFileSync(join(folder, name), 'utf8') : null),
    writeFile: (_, contents) => {
      bytes = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`kernels: must compile, got ${error.message}\n${stderr.toString()}`);
  return bytes;
}
