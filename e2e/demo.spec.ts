/** The first visit: one press to a translated slice, and the diagnostics for a report. */
import { expect, expectImage, openPage, runEnded, test } from './helpers';

test('one press on a fresh page gives translated slices; diagnostics can be copied', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const begin = Date.now();
  // Pressed as soon as it is there, before the engine is ready.
  await page.goto('/?backend=wasm');
  await page.getByTestId('demo-button').click();
  await expect(page.getByTestId('pane-synthetic').locator('canvas')).toBeVisible({ timeout: 90_000 });
  await expectImage(page, 'synthetic');
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  test.info().annotations.push({ type: 'first slice', description: `${seconds} s from opening the page` });
  await runEnded(page);
  await expect(page.getByLabel('Save', { exact: true })).toContainText('3 slices');

  await page.getByTestId('backend-badge').click();
  const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
  await sheet.getByRole('button', { name: 'Copy as text' }).click();
  await expect(sheet.getByRole('button', { name: 'Copied' })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  for (const line of [
    /Backend: wasm/,
    /Why: wasm was asked for/,
    /Self-test: largest relative error \d/,
    /WebGPU adapter: not in use/,
    /peak: [\d.]+ MB/,
    /step: \d+/,
    /syndiff: \d+\.\d+/,
    /tfjs: \d+\.\d+/,
    /Browser: Mozilla.*Chrom/,
  ])
    expect(text).toMatch(line);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
});

test('on webgpu the diagnostics name adapter, features and limits', async ({ page }) => {
  await openPage(page, 'webgpu');
  await page.getByTestId('backend-badge').click();
  const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
  await expect(sheet).toContainText('webgpu was asked for');
  await expect(sheet).toContainText(/swiftshader/i);
  await expect(sheet).toContainText(/maxStorageBufferBindingSize\s*\d+/);
});
