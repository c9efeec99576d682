/** The first visit: one press to a translated slice beside the real one, and the diagnostics for a report. */
import {
  expect,
  expectImage,
  openPage,
  openScan,
  pane,
  runEnded,
  test,
  translate,
  translateButton,
} from './helpers';
import { headScan } from './phantom';

test.describe('with the models that ship', () => {
  test.use({ models: 'shipped' });

  test('one press on a fresh page gives a translated slice beside the real one, with difference and scores', async ({
    page,
  }) => {
    const begin = Date.now();
    // Pressed as soon as it is there, before the engine is ready.
    await page.goto('/?backend=wasm');
    await page.getByTestId('demo-button').click();
    await expectImage(page, 'source');
    await expectImage(page, 'reference');
    // Some ten seconds a slice on two idle cores; busy ones take several times as long.
    await expectImage(page, 'synthetic', 180_000);
    await expectImage(page, 'compared');
    const seconds = ((Date.now() - begin) / 1000).toFixed(1);
    test.info().annotations.push({ type: 'first slice', description: `${seconds} s from opening the page` });

    await expect(pane(page, 'synthetic')).toHaveAccessibleName(/^T2w \(Synthetic\)/);
    await expect(pane(page, 'reference')).toHaveAccessibleName(/^Reference T2w/);
    await expect(page.getByTestId('lesion-note')).toContainText('lesions may be missing or invented');
    const psnr = async (row: RegExp) => {
      const cells = page.getByTestId('scores').getByRole('row', { name: row }).getByRole('cell');
      return Number(await cells.first().textContent());
    };
    await expect.poll(() => psnr(/^This slice/)).toBeGreaterThan(0);
    // What the demo is there to show: the network is better than no translation.
    expect(await psnr(/^This slice/)).toBeGreaterThan(await psnr(/^Source copied/));

    await page.keyboard.press('Escape');
    await runEnded(page);
    await expect(page.getByRole('radio', { name: /All with head/ })).toBeChecked();
  });

  test('a long table of scores shows its first scans until all are asked for', async ({ page }) => {
    await page.goto('/?backend=wasm#/models');
    const card = page.getByRole('article', { name: 'T1w to CT' });
    const rows = card.getByRole('table').first().locator('tbody').getByRole('row');
    await expect(rows).toHaveCount(8);
    await card.getByRole('button', { name: 'All 40 scans' }).click();
    await expect(rows).toHaveCount(40);
    await card.getByRole('button', { name: 'The first 8 scans alone' }).click();
    await expect(rows).toHaveCount(8);
  });
});

test('every demo opens its scans and translates the middle slices', async ({ page }) => {
  for (const { button, target, reference } of [
    { button: 'T1w → T2w', target: 'T2w', reference: true },
    { button: 'T1w → FLAIR', target: 'FLAIR', reference: true },
    { button: 'Another head, no reference', target: 'T2w', reference: false },
  ]) {
    await openPage(page);
    await page.getByRole('button', { name: button }).click();
    await expect(page.getByLabel('Save', { exact: true })).toContainText('5 slices');
    await runEnded(page);
    await expect(pane(page, 'synthetic')).toHaveAccessibleName(new RegExp(`^${target} \\(Synthetic\\)`));
    await expectImage(page, 'synthetic');
    await expect(page.getByTestId('pane-reference')).toHaveCount(reference ? 1 : 0);
    await expect(translateButton(page)).toBeEnabled();
    // As in a new tab: this one would come back as it is.
    await page.evaluate(() => sessionStorage.clear());
  }
});

test('diagnostics can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  await page.getByTestId('backend-badge').click();
  const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
  await sheet.getByRole('button', { name: 'Copy as text' }).click();
  await expect(sheet.getByRole('button', { name: 'Copied' })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  for (const line of [
    /Backend: wasm/,
    /Why: wasm was asked for/,
    /Threads: \d+$/m,
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
