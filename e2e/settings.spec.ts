/** Settings and results belong together: an image is never shown under settings that did not make it. */
import { expect, expectImage, greys, openPage, openScan, pane, save, test, translate } from './helpers';
import { headScan } from './phantom';

test('two samples give a spread; going back to one shows the earlier image', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  await page.getByRole('button', { name: 'Spread' }).click();
  await expect(pane(page, 'compared')).toContainText('One sample has no spread');

  await page.getByText('Settings', { exact: true }).click();
  const samples = page.getByRole('spinbutton', { name: /^Samples/ });
  await samples.fill('2');
  await expect(pane(page, 'synthetic')).toContainText('Not translated');
  await translate(page);
  await expect(pane(page, 'compared')).toHaveAccessibleName(
    /^Spread of the samples \(Not calibrated error\)/,
  );
  await expect.poll(async () => (await greys(page, 'compared')).levels).toBeGreaterThan(20);
  expect((await save(page)).sidecar.Samples).toBe(2);

  await samples.fill('1');
  await page.getByRole('button', { name: 'Side by side' }).click();
  await expectImage(page, 'synthetic');
  expect((await save(page)).sidecar.Samples).toBe(1);
});

test('another backend opens the scan again and hides what it has not made', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  await expectImage(page, 'synthetic');
  const choose = async (backend: string) => {
    await page.getByTestId('backend-badge').click();
    const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
    await sheet.getByRole('combobox', { name: 'Backend' }).selectOption(backend);
    await expect(sheet).toContainText(`${backend} was asked for`);
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('backend-badge')).toContainText(backend);
  };
  await choose('cpu');
  await expect(pane(page, 'source')).toBeVisible();
  await expect(pane(page, 'synthetic')).toContainText('Not translated');
  await choose('wasm');
  await expectImage(page, 'synthetic');
  // Threads change the time alone: the image stays. The browser keeps the choice.
  await page.getByTestId('backend-badge').click();
  const sheet = page.getByRole('dialog', { name: 'Diagnostics' });
  await expect(sheet).toContainText(/Threads[2-4]/);
  await sheet.getByRole('combobox', { name: 'Threads' }).selectOption('1');
  await expect(sheet).toContainText(/Threads1(?!,)/);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => localStorage.getItem('syndiff-threads'))).toBe('1');
  await expectImage(page, 'synthetic');
  await page.getByText('Settings', { exact: true }).click();
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('3');
  await translate(page);
  await expectImage(page, 'synthetic');
});

test('the reverse steps can be looked at one by one', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  const steps = page.getByTestId('strip').getByRole('button');
  await expect(steps).toHaveCount(5);
  await steps.last().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('application')).toContainText('Synthetic');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
});
