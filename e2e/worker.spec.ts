/** The worker dies as a crashed or killed process does: without a word. */
import {
  chooseSlices,
  expect,
  filledSlices,
  goToSlice,
  notices,
  openPage,
  openScan,
  runEnded,
  save,
  sliceOf,
  test,
  translate,
  translateButton,
} from './helpers';
import { headScan } from './phantom';

test('a worker that dies in a run is started again and finishes the rest', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await goToSlice(page, 5);
  await translate(page);
  const before = await save(page);

  await chooseSlices(page, 4, 7);
  await translateButton(page).click();
  // Of the three slices that are missing, one is done.
  await expect(page.getByLabel('Run', { exact: true })).toContainText('Slice 2 of 3');
  expect(page.workers()).toHaveLength(1);
  await page.workers()[0].evaluate(() => self.close());
  await expect(notices(page).filter({ hasText: 'was started again; finished slices are kept' })).toHaveCount(
    1,
  );
  await runEnded(page);
  const after = await save(page);
  expect(filledSlices(after.volume)).toEqual([4, 5, 6, 7]);
  expect(sliceOf(after.volume, 5)).toEqual(sliceOf(before.volume, 5));
  await expect(notices(page).locator('[data-tone="error"]')).toHaveCount(0);
});
