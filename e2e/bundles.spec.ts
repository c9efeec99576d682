/** What a first visit has to load before anything can compute. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const ASSETS = 'dist/app/assets';

/** Loaded by machines without WebGPU alone. */
const WEBGL = /^webgl-/;

/** A worker's file and all that it imports, at once or later, each once, but for the WebGL backend. */
function filesOf(worker: string): string[] {
  const entries = readdirSync(ASSETS).filter((name) => name.startsWith(`${worker}-`) && name.endsWith('.js'));
  expect(entries).toHaveLength(1);
  const files = new Set(entries);
  for (const file of files) {
    const imports = readFileSync(`${ASSETS}/${file}`, 'utf8').matchAll(/["'`]\.\/([\w.-]+\.js)["'`]/g);
    for (const [, name] of imports) if (!WEBGL.test(name)) files.add(name);
  }
  return [...files];
}

/** It takes 174 kB. What the page's file names: its script, all that this imports at once, and its style sheets. */
test('the page loads at most 200 kB compressed before it can be used, and nothing of TensorFlow.js or ONNX', () => {
  const page = readFileSync('dist/app/index.html', 'utf8');
  const files = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, name]) => name);
  expect(files.filter((name) => name.endsWith('.css'))).not.toEqual([]);
  const texts = files.map((name) => readFileSync(`dist/app/${name}`));
  for (const [i, text] of texts.entries()) {
    // All that a script imports at once is named by the page, too.
    for (const [, name] of text.toString().matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
      expect(files, files[i]).toContain(`assets/${name}`);
    expect(text.toString(), files[i]).not.toMatch(/tfjs-core|IrVersion|irVersion/);
  }
  const sizes = texts.map((text) => gzipSync(text).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200_000);
});

// They take 324, 316, 327 and 1 kB, WGSL kernels that machines with WebGPU alone load among them, and 73 kB more with WebGL; with all of
// TensorFlow.js it would be 110 kB more.
for (const worker of ['translate.worker', 'train.worker', 'bench.worker', 'keep.worker']) {
  test(`${worker} is at most 330 kB compressed`, () => {
    const sizes = filesOf(worker).map((file) => gzipSync(readFileSync(`${ASSETS}/${file}`)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(330_000);
  });
}

test('the measuring worker has nothing of onnxruntime-web, which is compared in development alone', () => {
  for (const file of filesOf('bench.worker'))
    expect(readFileSync(`${ASSETS}/${file}`, 'utf8'), file).not.toMatch(/InferenceSession|irVersion/);
});
