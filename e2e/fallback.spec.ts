/** A browser without a GPU and without WebGL: the page says so and works. */
import config from '../playwright.config';
import { expect, expectImage, openPage, openScan, test, translate } from './helpers';
import { headScan } from './phantom';

test.use({
  launchOptions: {
    ...config.use?.launchOptions,
    args: ['--no-sandbox', '--use-gl=disabled'],
  },
});

test('auto says what is missing and translates on wasm', async ({ page }) => {
  await openPage(page, 'auto');
  await expect(page.getByTestId('backend-badge')).toContainText('wasm');
  await expect(page.locator('main')).toContainText('Computes on wasm: the same images, but slower');
  await page.getByTestId('backend-badge').click();
  const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
  await expect(sheet).toContainText('wasm, because: WebGPU has no adapter; WebGL 2 is not available');
  await page.keyboard.press('Escape');
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  await expectImage(page, 'synthetic');
});

test('webgpu asked for in a browser that does not know it: wasm, and the reason', async ({ page }) => {
  // Init scripts do not reach workers, so the worker's own file takes it away.
  await page.route(/translate\.worker.*\.js$/, async (route) => {
    const response = await route.fetch();
    const body = `Object.defineProperty(navigator, 'gpu', { value: undefined });${await response.text()}`;
    await route.fulfill({ response, body });
  });
  await openPage(page, 'webgpu');
  await expect(page.getByTestId('backend-badge')).toContainText('wasm');
  await expect(page.getByTestId('backend-badge')).toHaveAttribute('title', /WebGPU is not available/);
});
