/** A scan of the real target contrast: shown beside the synthetic one and scored against it. */
import { drop, expect, expectImage, openPage, openScan, pane, test, translate } from './helpers';
import { headScan } from './phantom';

const ZONE = '[data-drop="reference"]';
/** Dark where the T1w is bright and the other way round, air stays air. */
const otherContrast = (value: number) => (value > 0 ? 1000 - value : 0);

test('a reference gives scores, a difference image, and a note where its grid is another', async ({
  page,
}) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  const scores = page.getByTestId('scores');
  await expect(scores).toContainText('Drop the real target contrast');

  await drop(page, [headScan('sub-01_FLAIR.nii', { change: otherContrast })], ZONE);
  await expect(page.getByTestId('drop-reference')).toContainText('sub-01_FLAIR.nii');
  await expectImage(page, 'reference');
  await expect(page.getByLabel('Reference scan')).not.toContainText('Resampled');

  await expect(scores).toContainText(/Data range: 0 to \d+\S* of the reference \(foreground-/);

  const figures = async (row: RegExp) =>
    (await scores.getByRole('row', { name: row }).getByRole('cell').allInnerTexts()).map(Number);
  const rows = [/^This slice/, /^Mean of 1/, /^Source copied/];
  // Each row is scored by the worker in a message of its own: all three are waited for.
  for (const row of rows) await expect.poll(() => figures(row)).not.toContain(Number.NaN);
  for (const row of rows) {
    const [psnr, ssim, mae] = await figures(row);
    expect(psnr).toBeGreaterThan(1);
    expect(psnr).toBeLessThan(40);
    expect(ssim).toBeGreaterThan(-100);
    expect(ssim).toBeLessThan(100);
    expect(mae).toBeGreaterThan(0.001);
    expect(mae).toBeLessThan(1);
  }
  expect(await figures(/^This slice/)).not.toEqual(await figures(/^Source copied/));

  const [foreground, copied] = [await figures(/^This slice/), await figures(/^Source copied/)];
  await scores.getByRole('button', { name: 'Whole' }).click();
  await expect.poll(() => figures(/^This slice/)).not.toEqual(foreground);
  // Air is equal in both scans, so the copy scores better on the whole slice.
  expect((await figures(/^Source copied/))[2]).toBeLessThan(copied[2]);

  // All four side by side: source, synthetic, difference, reference.
  await expect(page.getByRole('application')).toHaveCount(4);
  await expect(pane(page, 'compared')).toHaveAccessibleName(/^Synthetic − reference \(Part synthetic\)/);
  await expectImage(page, 'compared');
  await page.getByRole('button', { name: 'Difference' }).click();
  await expect(page.getByRole('application')).toHaveCount(2);
  await expectImage(page, 'compared');

  await drop(
    page,
    [headScan('moved_FLAIR.nii', { change: otherContrast, offset: [88.5, 103.5, -30] })],
    ZONE,
  );
  await expect(page.getByTestId('drop-reference')).toContainText('moved_FLAIR.nii');
  await expect(page.getByLabel('Reference scan')).toContainText('Resampled to the source');
  await expect.poll(() => figures(/^This slice/)).not.toContain(Number.NaN);

  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.getByLabel('Reference scan').getByRole('button', { name: 'Remove' }).click();
  // The scores hang on it.
  await page.getByRole('button', { name: /^Remove ?: the reference$/ }).click();
  await expect(page.getByTestId('pane-reference')).toHaveCount(0);
  await expect(scores).toContainText('Drop the real target contrast');
});

test('the source itself as reference: the copy is without error', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await drop(page, [headScan('same_T1w.nii')], ZONE);
  await translate(page);
  const copied = page.getByTestId('scores').getByRole('row', { name: /^Source copied/ });
  // The PSNR of identical images is infinite: no number.
  await expect(copied.getByRole('cell').nth(0)).toHaveText('equal');
  await expect(copied.getByRole('cell').nth(1)).toHaveText('100.0');
  await expect(copied.getByRole('cell').nth(2)).toHaveText('0.000');
});
