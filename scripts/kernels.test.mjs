import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROOT } from './install.mjs';
import { compiledKernels, kernelsPlugin, withSharedMemory } from './kernels.mjs';

/** Ids of a module's sections, in order. */
function sections(bytes) {
  const ids = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]);
    let length = 0;
    let shift = 0;
    let byte;
    do {
      byte = bytes[at++];
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte & 128);
    at += length;
  }
  return ids;
}

it('compiles kernels that take the memory that they are given, and put nothing into it', async () => {
  const bytes = readFileSync(await compiledKernels(ROOT));
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([
    { module: 'env', name: 'memory', kind: 'memory' },
  ]);
  const DATA = 11;
  expect(sections(bytes)).not.toContain(DATA);
});

it('compiles them once', async () => {
  const file = await compiledKernels(ROOT);
  const { mtimeMs } = statSync(file);
  expect(await compiledKernels(ROOT)).toBe(file);
  expect(statSync(file).mtimeMs).toBe(mtimeMs);
});

it('hands them to Node as bytes and to the page as a file', async () => {
  const { resolveId, load } = kernelsPlugin(ROOT);
  expect(resolveId('./virtual:kernels')).toBeNull();
  const code = await load(resolveId('virtual:kernels'));
  const base64 = JSON.parse(code.slice('export default '.length, -1));
  expect(Buffer.from(base64, 'base64')).toEqual(readFileSync(await compiledKernels(ROOT)));
  expect(await load(resolveId('virtual:kernels-address'))).toContain('.wasm?url');
});

it('makes the memory of a module shared, its own or imported, and nothing else of it', async () => {
  const { resolveId, load } = kernelsPlugin(ROOT);
  const bytesOf = async (id) => Buffer.from((await load(resolveId(id))).split('"')[1], 'base64');
  const own = readFileSync(await compiledKernels(ROOT));
  const [kernels, tensorflow] = await Promise.all(
    ['virtual:kernels-shared', 'virtual:tensorflow-shared'].map(bytesOf),
  );
  expect(kernels.filter((byte, i) => byte !== own[i])).toHaveLength(1);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const { exports } = await WebAssembly.instantiate(new WebAssembly.Module(kernels), { env: { memory } });
  expect(exports.memory).toBe(memory);
  expect(WebAssembly.Module.exports(new WebAssembly.Module(tensorflow))).toContainEqual({
    name: 'memory',
    kind: 'memory',
  });
  // A memory without a maximum, and a module without one.
  const EMPTY = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  expect(() => withSharedMemory(Uint8Array.from([...EMPTY, 5, 3, 1, 0, 1]))).toThrow('must have a maximum');
  expect(() => withSharedMemory(Uint8Array.from(EMPTY))).toThrow('must be one, got 0');
});
