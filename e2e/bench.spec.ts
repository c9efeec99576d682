/** How fast this machine is: a run on wasm with its tables, files to take away, and a cancel that keeps what is done. */
import { readFile } from 'node:fs/promises';
import { expect, openPage, test } from './helpers';

test('measures a model quickly, on wasm', async ({ page }) => {
  await openPage(page);
  await page.getByTestId('backend-badge').click();
  await page.getByRole('dialog').getByRole('link', { name: 'Measure the speed' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('quick-t1w-to-flair');
  await expect(page.getByRole('radio', { name: 'Quick' })).toBeChecked();

  const start = page.getByTestId('bench-start');
  await start.click();
  const steps = page.getByRole('table', { name: /a reverse step of 32 x 32/ });
  await expect(steps.getByRole('row', { name: /^our kernels on wasm, 1 thread/ })).toBeVisible();
  // A step's and the layers' cells come before the training, which takes longest; what is there is kept.
  const layers = page.getByRole('table', { name: /layers of a step.*1 thread/ });
  await expect(layers.getByRole('row', { name: /^norm \+ SiLU/ })).not.toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(start).toBeVisible();
  await expect(page.getByRole('status')).toContainText('Cancelled');
  await expect(page.getByTestId('bench-machine')).toContainText(/on wasm, Chromium \d+ with \d+ core/);

  const number = '\\d+\\.\\d';
  const row = (name: string) => steps.getByRole('row', { name });
  await expect(row('our kernels on wasm, 1 thread')).toContainText(new RegExp(`${number}.*${number}`));
  await expect(row('TensorFlow.js wasm')).toContainText(new RegExp(`${number}.*${number}`));
  await expect(page.getByText('onnxruntime-web is no part of this page').first()).toBeVisible();
  await expect(page.getByRole('img', { name: 'Chart: Milliseconds of a reverse step' })).toBeVisible();

  const taken = async (id: string) => {
    const download = page.waitForEvent('download');
    await page.getByTestId(id).click();
    return (await readFile(await (await download).path())).toString();
  };
  expect(await taken('bench-csv')).toContain('engine,median (ms),p90 (ms)');
  const { Machine, Model, Quick, Reports } = JSON.parse(await taken('bench-json'));
  expect([Model.Id, Quick, Reports[0].suite]).toEqual(['quick-t1w-to-flair', true, 'speed']);
  expect(Machine).toMatch(/^wasm, Chromium/);
  expect(await taken('bench-png')).toContain('PNG');
});
