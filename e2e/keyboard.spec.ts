/** Everything by keys, everything with a name, and nothing wider than the screen. */
import type { Locator, Page } from '@playwright/test';
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
  translate,
  translateButton,
} from './helpers';
import { headScan } from './phantom';

const SCAN = headScan('sub-01_T1w.nii');

test.use({ models: 'slow' });

const INTERACTIVE = 'a[href], button, input:not([type="file"]), select, summary, [tabindex="0"]';
/** CSS pixels, WCAG 2.2, 2.5.8. */
const LEAST_TARGET = 24;

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

for (const { title, use } of [
  { title: '1440 x 900', use: { viewport: { width: 1440, height: 900 } } },
  {
    title: '390 x 844, touch',
    use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  },
]) {
  test.describe(title, () => {
    test.use({ ...use, models: 'quick' });
    test('every room fits, every control has a name and a size', async ({ page }) => {
      await openPage(page);
      await expectFit(page);
      await openScan(page, SCAN);
      await translate(page);
      await page.getByText('Settings', { exact: true }).click();
      await expectFit(page);
      await page.getByTestId('backend-badge').click();
      await expectFit(page);
      await page.getByRole('button', { name: 'Close' }).click();
      for (const room of ['train', 'models', 'about']) {
        await page.goto(`/?backend=wasm#/${room}`);
        await expect(page.locator('a[aria-current="page"]')).toHaveAttribute('href', `#/${room}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expectFit(page);
      }
    });
  });
}

async function expectFit(page: Page): Promise<void> {
  const isTouch = await page.evaluate(() => matchMedia('(pointer: coarse)').matches);
  const { scrolled, width } = await page.evaluate(() => ({
    scrolled: document.documentElement.scrollWidth,
    width: document.documentElement.clientWidth,
  }));
  expect(scrolled, 'width of the page').toBeLessThanOrEqual(width);
  const controls = page.locator(INTERACTIVE).filter({ visible: true });
  const count = await controls.count();
  expect(count).toBeGreaterThan(5);
  const check = async (control: Locator) => {
    await expect(control).toHaveAccessibleName(/\S/);
    const size = await targetOf(control);
    // Links in running text may be as high as the text; a mouse hits smaller things.
    if (isTouch && !size.inline)
      expect
        .soft(Math.min(size.width, size.height), `${size.what}: smallest side`)
        .toBeGreaterThanOrEqual(LEAST_TARGET);
  };
  await Promise.all(Array.from({ length: count }, (_, n) => check(controls.nth(n))));
}

/** A control together with the label that is pressed for it. */
function targetOf(control: Locator) {
  return control.evaluate((element) => {
    const target = element.closest('label') ?? element;
    const { width, height } = target.getBoundingClientRect();
    const inline = element.tagName === 'A' && getComputedStyle(element).display === 'inline';
    return { width, height, inline, what: element.outerHTML.slice(0, 90) };
  });
}
