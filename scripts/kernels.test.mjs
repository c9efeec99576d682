import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROOT } from './install.mjs';
import { compiledKernels, kernelsPlugin } from './kernels.mjs';

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
