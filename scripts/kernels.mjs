/** The wasm kernels, compiled from AssemblyScript where they are missing or other than their sources; for vite, vitest and the command line. */
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
  // Sizes and addresses are both 32 bits here.
  ...['--use', 'abort=', '--disableWarning', '201'],
];

/** Each import is a module of one string: the bytes in base64, or where the page fetches them. */
const BYTES = 'virtual:kernels';
const ADDRESS = 'virtual:kernels-address';

/**
 * @param {string} root the checkout
 * @returns {import('vite').Plugin}
 */
export function kernelsPlugin(root) {
  return {
    name: 'kernels',
    resolveId: (source) => (source === BYTES || source === ADDRESS ? `\0${source}` : null),
    async load(id) {
      if (id === `\0${BYTES}`) {
        const bytes = readFileSync(await compiledKernels(root));
        return `export default ${JSON.stringify(bytes.toString('base64'))};`;
      }
      if (id !== `\0${ADDRESS}`) return null;
      return `export { default } from ${JSON.stringify(`${await compiledKernels(root)}?url`)};`;
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
  const file = join(root, CACHE, `kernels-${hash.digest('hex').slice(0, 16)}.wasm`);
  if (existsSync(file)) return file;
  const bytes = await compile(folder, names);
  try {
    return written(file, bytes);
  } catch {
    return written(join(mkdtempSync(join(temporary, 'syndiff-kernels-')), 'kernels.wasm'), bytes);
  }
}

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
