/** Training as a user does it: the phantom, a pause, a reload in the middle, and the model that comes of it. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import {
  drop,
  engineReady,
  expect,
  modelSelect,
  notices,
  openPage,
  openScan,
  test,
  translate,
} from './helpers';
import { headScan } from './phantom';

test.setTimeout(480_000);

const startButton = (page: Page) => page.getByTestId('train-start-button');
const stepOf = async (page: Page) =>
  Number(await page.getByTestId('train-progress').getAttribute('data-step'));
const untilStep = (page: Page, step: number) =>
  expect.poll(() => stepOf(page), { timeout: 200_000 }).toBeGreaterThanOrEqual(step);

async function setCourse(page: Page, fields: Record<string, number>): Promise<void> {
  await page.locator('summary', { hasText: 'Course' }).click();
  for (const [label, value] of Object.entries(fields))
    await page.getByRole('spinbutton', { name: label, exact: true }).fill(String(value));
}

test('phantom, start, pause, a reload in the middle, resume to the end, and the model translates', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('link', { name: 'Train' }).click();
  await page.getByTestId('train-phantom-button').click();
  await expect(page.getByTestId('train-volume')).toHaveCount(8);
  await expect(page.getByTestId('train-volume').first()).toContainText('phantom');
  await expect(page.getByTestId('train-volume').first()).toContainText('LRAP');
  await expect(page.getByTestId('train-estimate')).toHaveAttribute('data-fits', 'true');
  // Crops of a quarter of the slice: the way of a run is the same, its iterations are shorter.
  await setCourse(page, {
    'Crop, pixels (0: whole)': 32,
    Iterations: 5,
    Preview: 100,
    Validation: 100,
    Checkpoint: 2,
  });

  await startButton(page).click();
  await untilStep(page, 1);
  await expect(page.getByTestId('train-preview')).toHaveCount(2);
  // The letters of one image's edges.
  await expect(page.getByTestId('train-preview').first()).toContainText('LRAP');
  await startButton(page).click();
  await expect(startButton(page)).toHaveAttribute('data-phase', 'paused', { timeout: 60_000 });
  const pausedAt = await stepOf(page);
  expect(pausedAt).toBeLessThan(5);

  // The page goes away while an iteration is at work.
  await startButton(page).click();
  await expect(startButton(page)).toHaveAttribute('data-phase', 'running');
  await page.reload();
  await engineReady(page);
  await page.getByRole('button', { name: /^Resume run of .*, iteration \d of 5$/ }).click();
  await untilStep(page, pausedAt);
  await expect(startButton(page)).toHaveAttribute('data-phase', 'done', { timeout: 240_000 });
  expect(await stepOf(page)).toBe(5);
  await expect(page.getByTestId('train-validation-chart')).toHaveAttribute('data-count', '2');

  const weights = page.waitForEvent('download', (one) => one.suggestedFilename().endsWith('.safetensors'));
  const card = page.waitForEvent('download', (one) => one.suggestedFilename().endsWith('.json'));
  await page.getByTestId('train-download-ab').click();
  const [weightsFile, cardFile] = await Promise.all([weights, card]);
  const told = JSON.parse(await readFile(await cardFile.path(), 'utf8'));
  expect(told).toMatchObject({ source: 'T1w', target: 'FLAIR', training: { iterations: 5 } });
  expect(told.training.data).toContain('digital phantoms');
  expect(told.weights.file).toBe(weightsFile.suggestedFilename());
  expect(told.metrics.rows[0].psnr).toBeGreaterThan(0);

  await page.getByTestId('train-use-ab').click();
  await expect(modelSelect(page).locator('option:checked')).toContainText('T1w to FLAIR, trained here');
  await openScan(page, headScan('head_T1w.nii'));
  await translate(page);
  await expect(page.getByTestId('pane-synthetic').locator('canvas')).toBeVisible();
});

test('own scans: an unreadable file is told and the others stay; what is missing keeps Start off', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('link', { name: 'Train' }).click();
  const broken = { name: 'bad_T1w.nii', mimeType: '', buffer: Buffer.from('no scan') };
  await drop(page, [headScan('one_T1w.nii'), broken], '[data-testid="train-drop-a"]');
  await expect(page.getByTestId('train-volume')).toHaveCount(1);
  await expect(notices(page).filter({ hasText: 'bad_T1w.nii' })).toHaveCount(1);
  await expect(startButton(page)).toHaveAttribute('aria-disabled', 'true');
  await drop(page, [headScan('one_FLAIR.nii')], '[data-testid="train-drop-b"]');
  await expect(page.getByTestId('train-volume')).toHaveCount(2);
  await page.getByRole('button', { name: 'Remove one_T1w.nii' }).click();
  await expect(page.getByTestId('train-volume')).toHaveCount(1);

  // Which of two acquisitions, and which volume of a file with several, the page asks.
  const [zoneA, zoneB] = [page.getByTestId('train-drop-a'), page.getByTestId('train-drop-b')];
  // Each another image: one that is given twice is taken once.
  const bent = (power: number) => ({ change: (value: number) => Math.max(value, 0) ** power });
  const acquisitions = ['a', 'b'].map((acq, n) => headScan(`sub-1_acq-${acq}_T1w.nii`, bent(1 + n / 5)));
  await drop(page, acquisitions, '[data-testid="train-drop-a"]');
  const flair = headScan('sub-1_FLAIR.nii', { ...bent(0.8), volumes: 2 });
  await drop(page, [flair], '[data-testid="train-drop-b"]');
  await expect(zoneA).toContainText('got several that differ in acq (a, b); choose one by acq under A.');
  await zoneA.getByRole('combobox', { name: 'acq' }).selectOption('b');
  await expect(zoneA).toContainText('1 of 2 volumes');
  await expect(zoneB).toContainText(
    'sub-1_FLAIR.nii: must be one volume, got 2; choose one in its row, 0 to 1.',
  );
  await expect(startButton(page)).toHaveAttribute('aria-disabled', 'true');
  await zoneB.getByLabel('Volume, 0 to 1').fill('1');
  await expect(startButton(page)).not.toHaveAttribute('aria-disabled', 'true');
});
