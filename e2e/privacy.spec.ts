/** Nothing leaves the machine: over a whole run every request goes to the page's own origin and carries nothing. */
import { test as plainTest } from '@playwright/test';
import { addWeights, drop, expect, openPage, runEnded, save, test } from './helpers';
import { headScan } from './phantom';
import { servedWeights } from './weightsFiles';

test.use({ models: 'slow' });

/** Sources that a policy of this page may name. */
const ALLOWED = new Set(["'self'", "'none'", "'wasm-unsafe-eval'", 'data:', 'blob:']);

test('demo, own files, translation and save send nothing anywhere', async ({ page, context, baseURL }) => {
  const asked: { url: string; method: string; body: number }[] = [];
  context.on('request', (request) =>
    asked.push({ url: request.url(), method: request.method(), body: request.postDataBuffer()?.length ?? 0 }),
  );
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));

  await openPage(page);
  await page.getByTestId('demo-button').click();
  await expect(page.getByTestId('cancel-button')).toBeVisible();
  await expect(page.getByLabel('Save', { exact: true })).toContainText(/\d slices?;/, { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await runEnded(page);
  await save(page);
  await drop(page, [headScan('sub-01_T1w.nii')]);
  await page.getByRole('button', { name: 'Use as source' }).click();
  await expect(page.getByTestId('drop-source')).toContainText('sub-01_T1w.nii');
  await addWeights(page, servedWeights('own.safetensors'));

  const paths = asked.map(({ url }) => url);
  // The worker's own requests are among those seen.
  expect(paths).toContainEqual(expect.stringMatching(/weights\.safetensors$/));
  expect(paths).toContainEqual(expect.stringMatching(/\.wasm$/));
  const own = new URL(baseURL!).origin;
  // blob: addresses of the page hand the saved files to the browser.
  expect(paths.filter((url) => new URL(url).origin !== own)).toEqual([]);
  expect(asked.filter(({ method, body }) => method !== 'GET' || body > 0)).toEqual([]);
  expect(sockets).toEqual([]);
});

test('header and page carry a policy that names no other origin', async ({ page }) => {
  const response = await page.goto('/');
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  for (const policy of [response?.headers()['content-security-policy'], await meta.getAttribute('content')]) {
    const directives = new Map(
      (policy ?? '').split(';').map((text) => {
        const [name, ...sources] = text.trim().split(/\s+/);
        return [name, sources] as const;
      }),
    );
    expect(directives.get('default-src')).toEqual(["'self'"]);
    expect(directives.get('connect-src')).toEqual(["'self'"]);
    expect(directives.get('form-action')).toEqual(["'none'"]);
    expect([...directives.values()].flat().filter((source) => !ALLOWED.has(source))).toEqual([]);
  }
});

// Without the watch over the console: this refusal is meant to be heard there.
plainTest('the browser refuses what the policy forbids', async ({ page }) => {
  await page.goto('/');
  const refused = await page.evaluate(async () => {
    const violated = new Promise<string>((resolve) =>
      addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective), {
        once: true,
      }),
    );
    await fetch('https://example.org/').catch(() => undefined);
    return violated;
  });
  expect(refused).toBe('connect-src');
});
