/** The worker dies as a crashed or killed process does: without a word. */
import type { Page } from '@playwright/test';
import {
  chooseSlices,
  drop,
  expect,
  filledSlices,
  goToSlice,
  notices,
  openPage,
  openScan,
  runEnded,
  runSays,
  save,
  sliceOf,
  test,
  translate,
  translateButton,
} from './helpers';
import { headScan } from './phantom';

/** The one worker that translates; it has others for its threads. */
async function kill(page: Page) {
  const engines = page.workers().filter((worker) => worker.url().includes('translate.worker'));
  expect(engines).toHaveLength(1);
  await engines[0].evaluate(() => self.close());
}

test.describe('in a run', () => {
  test.use({ models: 'slow' });

  test('a worker that dies in a run is started again and finishes the rest', async ({ page }) => {
    await openPage(page);
    await openScan(page, headScan('sub-01_T1w.nii'));
    await goToSlice(page, 5);
    await translate(page);
    const before = await save(page);

    await chooseSlices(page, 4, 10);
    await translateButton(page).click();
    // Of the six slices that are missing, one or more are done.
    await runSays(page, /Slice [2-4] of 6/);
    await kill(page);
    await expect(
      notices(page).filter({ hasText: 'was started again; finished slices are kept' }),
    ).toHaveCount(1);
    await runEnded(page);
    const after = await save(page);
    expect(filledSlices(after.volume)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(sliceOf(after.volume, 5)).toEqual(sliceOf(before.volume, 5));
    await expect(page.locator('[data-tone="error"]')).toHaveCount(0);
  });
});

test('a worker that dies at rest comes back with scan, reference on its grid, and model', async ({
  page,
}) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await drop(page, [headScan('moved_FLAIR.nii', { offset: [88.5, 103.5, -30] })], '[data-drop="reference"]');
  await expect(page.getByLabel('Reference scan')).toContainText('Resampled');
  await translate(page);
  const score = page.getByTestId('scores').getByRole('row', { name: /^This slice/ });
  await expect(score).not.toContainText('–');
  const before = await score.textContent();
  const saved = await save(page);

  await kill(page);
  await expect(notices(page).filter({ hasText: 'was started again' })).toHaveCount(1);
  await expect(score).toHaveText(before ?? '');
  // A second time with the settings of the first: the engine has all that it had.
  await page.getByText('Settings', { exact: true }).click();
  const seed = page.getByRole('spinbutton', { name: 'Seed' });
  await seed.fill('1');
  await translate(page);
  await expect(score).not.toContainText('–');
  expect(await score.textContent()).not.toBe(before);
  expect((await save(page)).volume.header.affine).toEqual(saved.volume.header.affine);
  await expect(page.locator('[data-tone="error"]')).toHaveCount(0);
});
