/** Notices lie over nothing that is wanted: on a phone they are a bar that the page ends at, elsewhere a card that moves nothing. */
import type { Page } from '@playwright/test';
import { drop, engineReady, expect, notices, openPage, test } from './helpers';
import type { TestFile } from './phantom';

const ROOMS = ['translate', 'train', 'models', 'about'];
const WANTED = 'main :is(h1, h2, h3, a, button, input, select, summary)';

const bad = (name: string): TestFile => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from('no scan'),
});

async function enter(page: Page, room: string): Promise<void> {
  // From another page: within this one the room before stays in sight until the next one's code is there.
  await page.goto('about:blank');
  await page.goto(`/?backend=wasm#/${room}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // The last that comes by itself.
  if (room === 'translate') await engineReady(page);
  if (room === 'train')
    await expect(page.getByTestId('train-estimate').getByText(/^Memory \d/)).toBeVisible();
  if (room === 'models') await expect(page.locator('article.model-card')).toHaveCount(2);
}

/** Headings and controls of the room that cannot be brought out from under the bars by scrolling. */
function underNotices(page: Page): Promise<string[]> {
  return page.locator(WANTED).evaluateAll((elements) =>
    elements
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
      .filter((element) => {
        element.scrollIntoView({ block: 'nearest' });
        const { left, right, top, bottom } = element.getBoundingClientRect();
        // The browser scrolls by whole pixels and hits with a margin of one.
        return [top + 2, bottom - 2].some((y) => {
          const bar = document.elementFromPoint((left + right) / 2, y)?.closest('.notices, .run-panel');
          return bar && !bar.contains(element);
        });
      })
      .map((element) => element.outerHTML.slice(0, 90)),
  );
}

test.describe('390 x 844, touch', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('every heading and control can be seen and pressed while notices are there', async ({ page }) => {
    await openPage(page);
    for (const room of ROOMS) {
      await test.step(room, async () => {
        await enter(page, room);
        const title = await page.getByRole('heading', { level: 1 }).boundingBox();
        await drop(page, [bad('notes.txt'), bad('notes.nii')]);
        await expect(notices(page).first()).toBeVisible();
        expect(await page.getByRole('heading', { level: 1 }).boundingBox()).toEqual(title);
        // A notice may follow the first one a moment later, and the page then ends higher.
        await expect.poll(() => underNotices(page)).toEqual([]);
      });
    }
  });
});

test('a notice that comes and goes moves nothing at 1440 x 900', async ({ page }) => {
  await openPage(page);
  const places = () =>
    page.locator(WANTED).evaluateAll((elements) =>
      // What is folded away has a place only where something has asked for it.
      elements
        .filter((element) => element.checkVisibility())
        .map((element) => {
          const { left, top, width, height } = element.getBoundingClientRect();
          return [left, top, width, height].join(' ');
        }),
    );
  for (const room of ROOMS) {
    await test.step(room, async () => {
      await enter(page, room);
      const before = await places();
      await drop(page, [bad('notes.txt')]);
      await expect(notices(page)).toHaveCount(1);
      expect(await places()).toEqual(before);
      await notices(page).getByRole('button', { name: 'Dismiss' }).click();
      await expect(notices(page)).toHaveCount(0);
      expect(await places()).toEqual(before);
    });
  }
});
