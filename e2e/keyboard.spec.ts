/** Everything by keys. */
import {
  cancelButton,
  chooseHead,
  expect,
  notices,
  openPage,
  openScan,
  pane,
  ribbon,
  runEnded,
  test,
  translateButton,
} from './helpers';
import { headScan } from './phantom';

const SCAN = headScan('sub-01_T1w.nii');

test.use({ models: 'slow' });

test('keys go through slices, translate, cancel and help', async ({ page }) => {
  await openPage(page);
  await openScan(page, SCAN);
  await chooseHead(page);
  await pane(page, 'source').focus();
  await page.keyboard.press('Home');
  const slice = async () => Number(await ribbon(page).getAttribute('aria-valuenow'));
  const start = await slice();
  await page.keyboard.press('ArrowUp');
  await expect.poll(slice).toBe(start + 1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(slice).toBe(start - 1);
  await ribbon(page).focus();
  await page.keyboard.press('End');
  await expect.poll(slice).toBe(11);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(slice).toBe(10);

  await page.keyboard.press('t');
  await expect(page.getByTestId('cancel-button')).toBeVisible();
  await page.keyboard.press('Escape');
  await runEnded(page);
  await expect(notices(page)).toContainText(/^Cancelled: \d+ of 12 slices/);

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys and gestures' });
  await expect(help).toContainText('Translate the chosen slices');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();

  await page.keyboard.press('2');
  await expect(page.getByRole('button', { name: 'Difference' })).toHaveAttribute('aria-pressed', 'true');
});

test('focus and place of the one button stay from the start of a run to its end and its cancelling', async ({
  page,
}) => {
  await openPage(page);
  await openScan(page, SCAN);
  const place = () => page.getByLabel('Run', { exact: true }).boundingBox();
  const before = await place();
  await translateButton(page).focus();
  await page.keyboard.press('Enter');
  await expect(cancelButton(page)).toBeFocused();
  expect(await place()).toEqual(before);
  await runEnded(page);
  expect(await place()).toEqual(before);
  await expect(translateButton(page)).toBeDisabled();
  await expect(translateButton(page)).toBeFocused();

  await chooseHead(page);
  await translateButton(page).focus();
  await page.keyboard.press('Space');
  await expect(cancelButton(page)).toBeFocused();
  await page.keyboard.press('Space');
  await runEnded(page);
  await expect(notices(page)).toContainText(/^Cancelled: \d+ of 11 slices/);
  await expect(translateButton(page)).toBeFocused();
});

test('neither a held key nor a double click cancels what it has started', async ({ page }) => {
  await openPage(page);
  await openScan(page, SCAN);
  await chooseHead(page);
  await translateButton(page).focus();
  await page.keyboard.down('Enter');
  await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await expect(cancelButton(page)).toBeEnabled();
  await page.keyboard.press('Escape');
  await runEnded(page);

  await translateButton(page).dblclick();
  await expect(cancelButton(page)).toBeEnabled();
  await page.keyboard.press('Escape');
  await runEnded(page);
});

test('the whole way by Tab, without a pointer', async ({ page }) => {
  await openPage(page);
  await openScan(page, SCAN);
  const reached = new Set<string>();
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press('Tab');
    const id = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('data-testid') ?? element?.getAttribute('aria-label') ?? '';
    });
    reached.add(id);
  }
  for (const id of ['backend-badge', 'translate-button', 'Axial slices', 'Model', 'save-png'])
    expect([...reached]).toContain(id);
});
