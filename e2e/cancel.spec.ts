/** Cancel: prompt, keeps what is done, and leaves a page that works. */
import {
  cancelButton,
  chooseHead,
  expect,
  filledSlices,
  goToSlice,
  notices,
  openPage,
  openScan,
  runEnded,
  runSays,
  save,
  test,
  translate,
  translateButton,
} from './helpers';
import { headScan, LONG_SHAPE } from './phantom';

test.use({ models: 'slow' });

declare global {
  interface Window {
    /** What the run's words were, in order, and when Cancel was pressed. */
    heard: string[];
  }
}

test('cancel stops within a step, keeps finished slices, and Translate works again', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii', { shape: LONG_SHAPE }));
  await goToSlice(page, 5);
  await chooseHead(page);
  await translateButton(page).click();
  await runSays(page, /Slice [2-9] of 48/);

  await page.evaluate(() => {
    window.heard = [];
    const words = document.querySelector('.run-panel')!;
    new MutationObserver(() => window.heard.push(words.textContent ?? '')).observe(words.parentElement!, {
      subtree: true,
      characterData: true,
      childList: true,
    });
    addEventListener('click', () => window.heard.push('cancel'), true);
  });
  await cancelButton(page).click();
  await runEnded(page);
  const heard = await page.evaluate(() => window.heard);
  const after = heard.slice(heard.indexOf('cancel') + 1);
  const steps = new Set(after.map((text) => /Slice \d+ of \d+, step \d+/.exec(text)?.[0]).filter(Boolean));
  // The step under way ends and may still be told.
  expect(steps.size).toBeLessThanOrEqual(2);

  await expect(notices(page)).toHaveCount(1);
  const told = /Cancelled: (\d+) of 48 slices are done and kept/.exec(
    (await notices(page).textContent()) ?? '',
  );
  const done = Number(told?.[1]);
  expect(done).toBeGreaterThanOrEqual(1);
  expect(done).toBeLessThan(47);
  const kept = await save(page);
  expect(filledSlices(kept.volume)).toHaveLength(done);
  expect(kept.sidecar.TranslatedSlices).toEqual(filledSlices(kept.volume));

  await page.getByRole('radio', { name: /This slice/ }).check();
  await goToSlice(page, 47);
  await translate(page);
  expect(filledSlices((await save(page)).volume)).toEqual([...filledSlices(kept.volume), 47]);
});
