/** What cannot be drawn says so in its own place, and takes nothing else away. */
import type { Page } from '@playwright/test';
import { drop, expect, notices, openPage, openScan, sourceDrop, test } from './helpers';
import { headScan } from './phantom';
import { writeRun } from './storedRunFiles';

test.use({
  madeErrors: /made to fail|Failed to load resource|About: a part of the program must be loaded/,
  permissions: ['clipboard-read', 'clipboard-write'],
});

/** From now on the page cannot write this number out, to a thousandth; null: it can again. */
const failOn = (page: Page, value: number | 'all' | null) =>
  page.evaluate((number) => Object.assign(window, { failsOn: number }), value);

test('an error of one room, one card or one stored run stays there', async ({ page }) => {
  await page.addInitScript(() => {
    const { toFixed } = Number.prototype;
    Number.prototype.toFixed = function (this: number, digits) {
      const { failsOn } = window as { failsOn?: number | 'all' | null };
      if (failsOn === 'all' || Number(toFixed.call(this, 3)) === failsOn) throw new Error('made to fail');
      return toFixed.call(this, digits);
    };
  });
  await openPage(page);
  const room = page.getByTestId('room-failure');
  await page.getByRole('link', { name: 'About' }).click();
  await drop(page, [{ name: 'notes.txt', mimeType: '', buffer: Buffer.from('no scan') }]);
  await expect(notices(page)).toHaveCount(1);
  await page.getByRole('link', { name: 'Translate', exact: true }).click();

  // The spacing of the slices, mm, in the facts of the source.
  await openScan(page, headScan('sub-01_T1w.nii'));
  await page.getByRole('link', { name: 'About' }).click();
  await failOn(page, 6);
  await page.getByRole('link', { name: 'Translate', exact: true }).click();
  await expect(room).toContainText('Translate cannot be shown');
  await expect(room.getByRole('alert')).toHaveText('made to fail');
  await expect(notices(page)).toHaveCount(1);
  await room.getByRole('button', { name: 'Copy details' }).click();
  await expect(room.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/made to fail[\s\S]*In:/);
  await room.getByRole('button', { name: 'Try again' }).click();
  await expect(room).toBeVisible();
  await page.getByRole('link', { name: 'About' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('How a contrast is made');
  await page.getByRole('link', { name: 'Translate', exact: true }).click();
  await failOn(page, null);
  await room.getByRole('button', { name: 'Try again' }).click();
  await expect(sourceDrop(page)).toContainText('sub-01_T1w.nii');
  await expect(room).toHaveCount(0);

  await page.getByRole('link', { name: 'About' }).click();
  await failOn(page, 'all');
  await page.getByTestId('backend-badge').click();
  await expect(page.getByRole('dialog').getByRole('alert')).toHaveText('made to fail');
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('How a contrast is made');

  // Millimetres of a pixel, on either card.
  await failOn(page, 8);
  await page.getByRole('link', { name: 'Models' }).click();
  await expect(page.getByTestId('card-failure')).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'Models' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Choose a file…' })).toBeVisible();
  await failOn(page, null);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect(page.getByTestId('card-failure')).toHaveCount(1);

  // 2.0 kB of a run.
  await failOn(page, 2);
  const sound = 'run-2026-01-31T09-30-00-000Z';
  const damaged = 'run-2026-02-28T09-30-00-000Z';
  await writeRun(page, sound, { 'checkpoint.json': '{' });
  await writeRun(page, damaged, { 'checkpoint.json': '{'.padEnd(2000) });
  await page.getByRole('link', { name: 'Train' }).click();
  const rows = page.getByTestId('train-run-unreadable');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: sound })).toContainText('1 B');
  await expect(rows.filter({ hasText: damaged })).toContainText('record cannot be shown: made to fail');
  await expect(rows.filter({ hasText: damaged }).getByRole('button', { name: 'Download' })).toBeEnabled();
  await expect(room).toHaveCount(0);
});

test('a room whose code does not come says so, and is there once it comes', async ({ page }) => {
  await page.route('**/AboutRoom-*.js', (route) => route.abort());
  await page.goto('/#/about');
  const room = page.getByTestId('room-failure');
  await expect(room.getByRole('alert')).toContainText(
    'About: a part of the program must be loaded for this, got none',
  );
  await page.unroute('**/AboutRoom-*.js');
  await page.getByRole('link', { name: 'Models' }).click();
  await expect(page.getByRole('heading', { name: 'Models' })).toBeVisible();
  await page.reload();
  await page.getByRole('link', { name: 'About' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('How a contrast is made');
});
