/** The built page on a plain file server, in a folder of it: no headers of ours, nothing but the files. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { engineReady, expect, expectImage, modelSelect, test } from './helpers';

test.use({ models: 'shipped' });

const FOLDER = '/some/folder/';

/** What browsers insist on; the rest is bytes to them. */
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

let server: Server;
let refused: string[];
test.beforeEach(async () => {
  refused = [];
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const path = pathname.startsWith(FOLDER) ? pathname.slice(FOLDER.length) || 'index.html' : null;
    const bytes = path === null ? null : await readFile(join('dist/app', path)).catch(() => null);
    if (path === null || bytes === null) {
      refused.push(pathname);
      response.writeHead(404).end();
    } else {
      response
        .writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' })
        .end(bytes);
    }
  }).listen(0, 'localhost');
  await once(server, 'listening');
});
test.afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('in a folder of a server: models, engine, rooms and the demo', async ({ page }) => {
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://localhost:${port}${FOLDER}?backend=wasm`);
  await engineReady(page);
  await page.getByTestId('backend-badge').click();
  await expect(page.getByRole('dialog')).toContainText(/Threads1, because the page is not isolated/);
  await page.keyboard.press('Escape');
  await expect(modelSelect(page).locator('option')).toHaveText([
    'T1w to T2w',
    'T1w to FLAIR',
    'T1w to CT',
    'T1w to FLAIR, rival of SynDiff',
  ]);

  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: /real scans/i }).click();
  await expect(page.locator('main')).toContainText('sub-');
  await page.getByRole('link', { name: 'Translate', exact: true }).click();

  await page.getByTestId('demo-button').click();
  await expectImage(page, 'source');
  await expectImage(page, 'reference');
  await expectImage(page, 'synthetic', 180_000);
  await page.keyboard.press('Escape');
  expect(refused, 'addresses outside the folder or of no file').toEqual([]);
});
