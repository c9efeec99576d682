/** The GPU path on a software adapter: slow, but the same kernels as on a real one. */
import type { Page } from '@playwright/test';
import {
  addWeights,
  expect,
  expectImage,
  forgetTab,
  notices,
  openPage,
  openScan,
  runEnded,
  runSays,
  save,
  sliceOf,
  test,
  translateButton,
} from './helpers';
import { headScan } from './phantom';
import { weightsOfSteps } from './weightsFiles';

/** Share of the slice's range. Measured: 6.6e-7 over two steps (float32 sums in another order). */
const TOLERANCE = 2e-6;

/** Adapter, features and limits, as a report of a fault needs them. Here, because a software GPU starts in many seconds. */
async function expectDiagnostics(page: Page): Promise<void> {
  await page.getByTestId('backend-badge').click();
  const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
  await expect(sheet).toContainText('webgpu was asked for');
  await expect(sheet).toContainText(/swiftshader/i);
  await expect(sheet).toContainText(/maxStorageBufferBindingSize\s*\d+/);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
}

test('webgpu gives the slice that wasm gives, though its GPU process crashes in the run and a new engine finishes it', async ({
  page,
  browser,
}) => {
  test.setTimeout(480_000);
  const scan = headScan('sub-01_T1w.nii');
  // Two steps: one with the posterior's noise and the last one.
  const weights = weightsOfSteps('T1w_to_FLAIR.safetensors', 2);
  const slices: Float32Array[] = [];
  for (const backend of ['webgpu', 'wasm'] as const) {
    await openPage(page, backend);
    await expect(page.getByTestId('backend-badge')).toContainText(backend);
    if (backend === 'webgpu') await expectDiagnostics(page);
    await openScan(page, scan);
    await addWeights(page, weights);
    await translateButton(page).click();
    if (backend === 'webgpu') {
      // The first step makes the shaders, which takes seconds here: the run is still at it when the process dies.
      await runSays(page, /first step/);
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.crashGpuProcess');
      const told = notices(page).filter({ hasText: /The engine stopped .* finished slices are kept/ });
      await expect(told).toHaveCount(1, { timeout: 60_000 });
    }
    await runEnded(page, 200_000);
    await expectImage(page, 'synthetic');
    await expect(page.locator('[data-tone="error"]')).toHaveCount(0);
    const { volume, sidecar } = await save(page);
    expect(sidecar).toMatchObject({ Backend: backend, Steps: 2 });
    const [index] = sidecar.TranslatedSlices as number[];
    slices.push(sliceOf(volume, index));
    await forgetTab(page);
  }
  const [gpu, wasm] = slices;
  const range = Math.max(...wasm) - Math.min(...wasm);
  expect(range).toBeGreaterThan(100);
  const worst = wasm.reduce((most, value, n) => Math.max(most, Math.abs(value - gpu[n])), 0);
  expect(worst / range).toBeLessThan(TOLERANCE);
});

test('by itself the page passes a software GPU over and says so', async ({ page }) => {
  await openPage(page, 'auto');
  await expect(page.getByTestId('backend-badge')).toContainText('wasm');
  await page.getByTestId('backend-badge').click();
  await expect(page.getByRole('dialog', { name: 'Diagnostics' })).toContainText(
    /WebGPU runs in software here \(.*swiftshader.*\); wasm is faster/i,
  );
});
