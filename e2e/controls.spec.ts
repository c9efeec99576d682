/** Every control of every room can be reached and pressed, on a phone as on a wall of pixels, and has a name. */
import type { CDPSession, Page } from '@playwright/test';
import { chooseHead, drop, expect, notices, openPage, openScan, pane, test, translate } from './helpers';
import { headScan } from './phantom';
import { tooWide, unreached } from './reach';
import { writeRun } from './storedRunFiles';

/** CSS pixels: phones, tablets, laptops, 1440 x 900 at 200 %, a low window, a wall. */
const SCREENS = [
  [320, 640],
  [390, 844],
  [720, 450],
  [768, 1024],
  [1024, 768],
  [1280, 450],
  [1280, 720],
  [1366, 768],
  [1920, 1080],
  [3840, 2160],
] as const;
type Screen = (typeof SCREENS)[number];
/** Where the modes are really pressed. */
const CLICKED: readonly number[] = [320, 390, 768, 1024, 1280, 1366, 1920];
/** Enough for a sheet, which is as wide as it wants wherever it can be. */
const SMALL = SCREENS.slice(0, 3);
const PHONE = 390;
/** CSS pixels, WCAG 2.2, 2.5.8. */
const LEAST_TARGET = 24;
/** CSS pixels; about the widths at which the layout changes, and between them. */
const BETWEEN = [345, 401, 540, 640, 899, 901, 1100, 1201, 1321, 1440, 2299, 2301];

test('every control of every room can be pressed at every width and at 200 %', async ({ page }) => {
  const cdp = await page.context().newCDPSession(page);
  const faults: string[] = [];
  const look = (
    state: string,
    screens: readonly Screen[] = SCREENS,
    act?: (width: number) => Promise<void>,
  ) =>
    test.step(state, async () => {
      for (const [width, height] of screens) {
        await setScreen(page, cdp, width, height);
        const leastTarget = width === PHONE ? LEAST_TARGET : 0;
        const found = [...(await unreached(page, { leastTarget })), ...(await tooWide(page))];
        faults.push(...found.map((fault) => `${state}, ${width} x ${height}: ${fault}`));
        await act?.(width);
      }
      await expectNames(page);
      await setScreen(page, cdp, 1440, 900);
    });
  const sweep = (state: string) =>
    test.step(`${state}, swept`, async () => {
      for (const width of BETWEEN) {
        await setScreen(page, cdp, width, 800);
        faults.push(...(await tooWide(page)).map((fault) => `${state}, ${width}: ${fault}`));
      }
    });

  await openPage(page);
  await look('Translate, empty');
  await page.getByTestId('backend-badge').click();
  await expect(page.getByRole('dialog')).toContainText('Memory');
  await look('diagnostics', SMALL);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Keyboard help' }).click();
  await look('help', SMALL);
  await page.keyboard.press('Escape');
  await drop(page, [headScan('sub-01_T1w.nii'), headScan(`sub-02_acq-${'long'.repeat(20)}_T1w.nii`)]);
  await expect(page.getByTestId('pick-scans')).toBeVisible();
  await look('which of several scans', SMALL);
  await page.keyboard.press('Escape');

  await openScan(page, headScan('sub-01_T1w.nii'));
  await drop(page, [headScan('sub-01_FLAIR.nii')], '[data-drop="reference"]');
  await expect(pane(page, 'reference')).toBeVisible();
  await chooseHead(page);
  await translate(page);
  await page.getByText('From – to').click();
  await page.locator('summary', { hasText: 'Settings' }).click();
  await drop(page, [bad('notes.txt'), bad('notes.nii')]);
  await expect(notices(page)).not.toHaveCount(0);
  const toolbar = page.getByRole('toolbar', { name: 'View' });
  await look('Translate, with notices', SCREENS, async (width) => {
    if (!CLICKED.includes(width)) return;
    for (const name of ['Difference', 'Checker', 'Blend', 'Spread', 'Side by side', 'Swipe'])
      await toolbar
        .getByRole('button', { name })
        .click({ timeout: 5000 })
        .catch(() => faults.push(`${width}: ${name} takes no click`));
    faults.push(...(await unreached(page)).map((fault) => `swipe, ${width}: ${fault}`));
  });
  await sweep('Translate');
  await page.getByTestId('strip').getByRole('button').last().click();
  await look('enlarged step', SMALL);
  await page.keyboard.press('Escape');

  for (const room of ['About', 'Compare', 'Models']) {
    await page.getByRole('link', { name: room, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await look(`${room}, with notices`);
  }
  await sweep('Models');
  await page.evaluate(() => {
    location.hash = '#/bench';
  });
  await expect(page.getByTestId('bench-start')).toBeVisible();
  await look('Bench', SMALL);

  await writeRun(page, 'run-2026-01-31T09-30-00-000Z', { 'checkpoint.json': '{"format":2,"settings":{"si' });
  await page.getByRole('link', { name: 'Train' }).click();
  await expect(page.getByTestId('train-run-unreadable')).toBeVisible();
  await look('Train, empty, with notices');
  while ((await notices(page).count()) > 0)
    await notices(page).first().getByRole('button', { name: 'Dismiss' }).click();
  // Each another image: one that is given twice is taken once.
  const times = (share: number) => ({ change: (value: number) => share * value });
  const scan = (contrast: string, share: number) =>
    headScan(`sub-01_ses-20190131_acq-highres_run-1_${contrast}.nii`, times(share));
  await drop(page, [scan('T1w', 1), headScan('sub-02_T1w.nii', times(0.8))], '[data-testid="train-drop-a"]');
  await expect(page.getByTestId('train-volume')).toHaveCount(2);
  await drop(page, [scan('FLAIR', 0.9)], '[data-testid="train-drop-b"]');
  await expect(page.getByTestId('train-volume')).toHaveCount(3);
  await expect(page.getByTestId('train-estimate')).toBeVisible();
  for (const closed of (await page.locator('main details:not([open])').all()).reverse())
    await closed.locator('> summary').click();
  await look('Train, with scans and all open');
  await sweep('Train');
  await page.getByTestId('train-start-button').click();
  await expect(page.getByTestId('train-progress')).toBeVisible();
  await look('Train, running', SMALL);

  expect(faults).toEqual([]);
});

const bad = (name: string) => ({ name, mimeType: '', buffer: Buffer.from('no scan') });

/** The window at `width` CSS pixels; what is low is drawn as at 200 %. A phone has a finger, not a mouse. */
async function setScreen(page: Page, cdp: CDPSession, width: number, height: number): Promise<void> {
  const deviceScaleFactor = height === 450 ? 2 : 1;
  await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: width === PHONE });
  await cdp.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor, mobile: false });
  // What follows from a measured height, e.g. that of the notices, is there a frame later.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** As a screen reader would say them. */
async function expectNames(page: Page): Promise<void> {
  const told = await page.locator('body').ariaSnapshot();
  const controls = told.match(
    /- (button|link|slider|combobox|textbox|spinbutton|radio|checkbox|application)\b.*/g,
  );
  expect(controls?.length).toBeGreaterThan(0);
  expect(controls?.filter((line) => !/^- \w+ ["/]/.test(line))).toEqual([]);
}
