/** Settings and results belong together: an image is never shown under settings that did not make it. */
import {
  expect,
  expectImage,
  greys,
  openPage,
  openScan,
  pane,
  save,
  test,
  translate,
  translateButton,
} from './helpers';
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

test('a number that is not allowed stays to be seen, says what is, and starts nothing', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await page.getByText('Settings', { exact: true }).click();
  const samples = page.getByRole('spinbutton', { name: /^Samples/ });
  await samples.fill('17');
  await expect(samples).toHaveAttribute('aria-invalid', 'true');
  await expect(samples).toHaveAccessibleDescription('A whole number from 1 to 16.');
  await translateButton(page).click();
  await expect(samples).toBeFocused();
  await expect(samples).toHaveValue('17');
  await expect(translateButton(page)).toBeVisible();
  // Mended it counts; left, it shows what is in force.
  await samples.fill('2');
  await expect(samples).toHaveAttribute('aria-invalid', 'false');
  await samples.fill('');
  await expect(samples).toHaveAccessibleDescription('A whole number from 1 to 16.');
  await page.keyboard.press('Tab');
  await expect(samples).toHaveValue('2');
  await expect(samples).not.toHaveAccessibleDescription(/./);
  await expect(pane(page, 'synthetic')).toContainText('Not translated');

  await page.getByRole('link', { name: 'Train' }).click();
  await page.locator('summary', { hasText: 'Weights and rates' }).click();
  const rate = page.getByRole('textbox', { name: 'Generators' });
  await rate.fill('1e-');
  await expect(rate).toHaveAccessibleDescription('A number from 0 to 1.');
  await rate.fill('2e-4');
  await expect(rate).not.toHaveAccessibleDescription(/./);
  await page.keyboard.press('Enter');
  await expect(rate).toHaveValue('2e-4');
  await page.keyboard.press('Tab');
  await expect(rate).toHaveValue('0.0002');
});
