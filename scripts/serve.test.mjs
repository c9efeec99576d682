import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageServer, SECURITY_HEADERS } from './serve.mjs';

const PLAIN = Buffer.from('the same words again and again; '.repeat(2000));
const SCAN = gzipSync(PLAIN);
const FILES = {
  'index.html': PLAIN,
  'worker.js': PLAIN,
  'page.css': PLAIN,
  'card.json': PLAIN,
  'kernels.wasm': PLAIN,
  'weights.safetensors': PLAIN,
  'scan.nii.gz': SCAN,
};

let folder;
let server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'syndiff-serve-'));
  mkdirSync(join(folder, 'weights'));
  for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(folder, name), bytes);
  server = pageServer(folder).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As it comes over the wire: fetch would unpack it. */
async function get(path, headers = {}, method = 'GET') {
  const asked = request({ host: '127.0.0.1', port: server.address().port, path, headers, method }).end();
  const [response] = await once(asked, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

describe.each([
  ['/', 'text/html; charset=utf-8'],
  ['/worker.js', 'text/javascript; charset=utf-8'],
  ['/page.css', 'text/css; charset=utf-8'],
  ['/card.json', 'application/json; charset=utf-8'],
  ['/kernels.wasm', 'application/wasm'],
])('%s', (path, type) => {
  it.each([
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ])('goes as %s to who takes it', async (encoding, accepted, unpack) => {
    const { headers, body } = await get(path, { 'Accept-Encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-type']).toBe(type);
    expect(headers.vary).toContain('Accept-Encoding');
    expect(body.length).toBeLessThan(PLAIN.length / 10);
    expect(unpack(body).equals(PLAIN)).toBe(true);
  });

  it('goes as it is to who takes nothing else', async () => {
    const { headers, body } = await get(path);
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.equals(PLAIN)).toBe(true);
  });
});

it.each([
  ['/weights.safetensors', 'application/octet-stream', PLAIN],
  ['/scan.nii.gz', 'application/gzip', SCAN],
])('%s goes as it is, with its length', async (path, type, bytes) => {
  const { headers, body } = await get(path, { 'Accept-Encoding': 'gzip, deflate, br' });
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['content-type']).toBe(type);
  expect(headers['content-length']).toBe(String(bytes.length));
  expect(body.equals(bytes)).toBe(true);
});

it('sends the security headers with everything, found or not', async () => {
  for (const path of ['/', '/kernels.wasm', '/weights.safetensors', '/nothing-here', '/weights', '/%']) {
    const { headers } = await get(path, { 'Accept-Encoding': 'br' });
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      expect(headers[name.toLowerCase()], `${name} of ${path}`).toBe(value);
    }
  }
});

it('takes the types as they are told, and lets no other page show this one', () => {
  expect(SECURITY_HEADERS).toMatchObject({ 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY' });
  expect(SECURITY_HEADERS['Content-Security-Policy']).toContain("; frame-ancestors 'none'");
});

it('has the policy of the page, and the headers that docs/HOSTING.md has for other servers', () => {
  const text = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const policy = SECURITY_HEADERS['Content-Security-Policy'].replace("; frame-ancestors 'none'", '');
  expect(text('../index.html')).toContain(`content="${policy}"`);
  const hosting = text('../docs/HOSTING.md');
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(hosting).toContain(`add_header ${name} "${value}" always;`);
    expect(hosting).toContain(`Header always set ${name} "${value}"`);
    expect(hosting).toContain(`  ${name}: ${value}\n`);
  }
});

it('tells a file by HEAD, and gives a part of it as it is', async () => {
  const head = await get('/worker.js', { 'Accept-Encoding': 'br' }, 'HEAD');
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
    200,
    `${PLAIN.length}`,
    0,
  ]);
  for (const path of ['/worker.js', '/weights.safetensors']) {
    const part = await get(path, { 'Accept-Encoding': 'br', Range: 'bytes=4-9' });
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 4-9/${PLAIN.length}`]);
    expect(part.headers['content-encoding']).toBeUndefined();
    expect(part.body.equals(PLAIN.subarray(4, 10))).toBe(true);
  }
  expect((await get('/worker.js', { Range: 'bytes=999999-' })).status).toBe(416);
});

it('takes nothing', async () => {
  for (const method of ['POST', 'PUT', 'DELETE'])
    expect((await get('/', {}, method)).status, method).toBe(405);
});

it('answers 304 where the browser has the file already', async () => {
  const { headers } = await get('/worker.js', { 'Accept-Encoding': 'br' });
  const again = await get('/worker.js', { 'Accept-Encoding': 'br', 'If-None-Match': headers.etag });
  expect(again.status).toBe(304);
  expect(again.body).toHaveLength(0);
});

it.each([
  ['/nothing-here', 404],
  ['/weights/none/card.json', 404],
  ['/card.json/', 404],
  ['/weights', 404],
  ['/weights/', 404],
  ['/.hidden', 404],
  ['/../package.json', 403],
  ['/%2e%2e/package.json', 403],
  ['/..%5cpackage.json', 403],
  ['/%2e%2e%2fpackage.json', 403],
  ['//127.0.0.1/package.json', 404],
  ['/card.json%00', 400],
  ['/%', 400],
])('has no %s', async (path, wanted) => {
  const { status, body } = await get(path);
  expect(status).toBe(wanted);
  expect(body).toHaveLength(0);
});
