/** The page is left in the middle of a run and comes back with what it had; weights are kept between visits. */
import type { BrowserContext, Page } from '@playwright/test';
import {
  chooseHead,
  drop,
  engineReady,
  expect,
  expectImage,
  filledSlices,
  goToSlice,
  notices,
  openPage,
  openScan,
  save,
  sourceDrop,
  test,
  translate,
  translateButton,
} from './helpers';
import { firstModel } from './models';
import { headScan, LONG_SHAPE } from './phantom';

test.describe('in the middle of a run', () => {
  test.use({ models: 'slow' });

  test('a reload during a run is asked for, and brings back scans, settings and slices, to this tab alone', async ({
    page,
    context,
  }) => {
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    const fetched = fetchedWeights(context);
    const scan = headScan('sub-01_T1w.nii', { shape: LONG_SHAPE });
    await openPage(page);
    await openScan(page, scan);
    await drop(page, [headScan('sub-01_FLAIR.nii', { shape: LONG_SHAPE })], '[data-drop="reference"]');
    await page.getByText('Settings', { exact: true }).click();
    await page.getByRole('spinbutton', { name: 'Seed' }).fill('5');
    await chooseHead(page);
    await translateButton(page).click();
    await expect.poll(() => keptSlices(page), { timeout: 120_000 }).toBeGreaterThanOrEqual(1);
    expect(fetched).toEqual([`/weights/${firstModel('slow').card.id}/weights.safetensors`]);
    expect(page.workers().filter((worker) => worker.url().includes('keep.worker'))).toHaveLength(1);

    await page.reload();
    expect(asked).toEqual(['beforeunload']);
    await engineReady(page);
    await expect(sourceDrop(page)).toContainText(scan.name);
    await expect(page.getByTestId('drop-reference')).toContainText('sub-01_FLAIR.nii');
    await expect(page.getByLabel('Save', { exact: true })).toContainText(/\d+ slices?;/);
    await expect(notices(page)).toHaveText([/^sub-01_T1w\.nii and \d+ translated slices? are back\.$/]);
    await expect(page.getByText(/^seed 5, /)).toBeVisible();
    await expectImage(page, 'synthetic');
    // Scored against the reference anew.
    const score = page.getByTestId('scores').getByRole('row', { name: /^This slice/ });
    await expect(score).not.toContainText('–');
    const kept = await save(page);
    const slices = filledSlices(kept.volume);
    expect(slices.length).toBeGreaterThanOrEqual(1);
    expect(kept.sidecar).toMatchObject({ TranslatedSlices: slices, Seed: 5 });

    // A tab that brings a copy of this one's session is a tab of its own.
    const [other] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(() => void window.open('/?backend=wasm')),
    ]);
    await engineReady(other);
    await expect(other.getByTestId('demo-button')).toBeEnabled();
    await expect.poll(() => tabFolders(page)).toBe(2);
    await other.close();

    // It goes on as if nothing had been.
    const missing = [...Array(LONG_SHAPE[2]).keys()].find((slice) => !slices.includes(slice))!;
    await goToSlice(page, missing);
    await page.getByRole('radio', { name: /This slice/ }).check();
    await translate(page);
    expect(filledSlices((await save(page)).volume)).toHaveLength(slices.length + 1);
    expect(fetched).toHaveLength(1);
    // The index says so a moment after the page: a reload in between would ask for what was saved.
    await expect.poll(async () => (await keptResults(page)).map(({ isSaved }) => isSaved)).toEqual([true]);
    await page.reload();
    await expect(page.getByLabel('Save', { exact: true })).toContainText(`${slices.length + 1} slices;`);
    // All was saved: nothing was asked.
    expect(asked).toEqual(['beforeunload']);
    // Of the tab that was closed nothing is left, of a scan that is removed neither.
    await expect.poll(() => tabFolders(page)).toBe(1);
    await page.getByLabel('Source scan').getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => keptFiles(page)).toEqual(['index']);
  });
});

test('kept weights that have been damaged are fetched again', async ({ page, context }) => {
  const fetched = fetchedWeights(context);
  const scan = headScan('sub-01_T1w.nii', { shape: LONG_SHAPE });
  await openPage(page);
  await openScan(page, scan);
  await translate(page);
  expect(fetched).toHaveLength(1);
  const damaged = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('weights');
    let files = 0;
    for await (const entry of folder.values()) {
      if (entry.kind !== 'file') continue;
      const file = await (entry as FileSystemFileHandle).createWritable({ keepExistingData: true });
      await file.write({ type: 'write', position: 1000, data: new Uint8Array(64) });
      await file.close();
      files += 1;
    }
    return files;
  });
  expect(damaged).toBe(1);
  await page.evaluate(() => sessionStorage.clear());
  await openPage(page);
  await openScan(page, scan);
  await translate(page);
  await expectImage(page, 'synthetic');
  expect(fetched).toHaveLength(2);
  await expect(notices(page)).toHaveCount(0);
});

test('weights that arrive cut short are refused, and the next try works', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii', { shape: LONG_SHAPE }));
  const address = /weights\.safetensors$/;
  const { weights } = firstModel('quick');
  await page.route(address, (route) => route.fulfill({ body: weights.subarray(0, 50_000) }));
  await translate(page);
  await expect(notices(page)).toHaveText([/^weights: .* got 50000; reload/]);
  await expect(translateButton(page)).toBeEnabled();
  await page.unroute(address);
  await translate(page);
  await expectImage(page, 'synthetic');
});

test('a full disk of the browser is one sentence, and the page goes on', async ({ page }) => {
  await openPage(page);
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
  await openScan(page, headScan('sub-01_T1w.nii', { shape: LONG_SHAPE }));
  await expect(notices(page)).toHaveText([/^sub-01_T1w\.nii: will not come back after a reload \(/]);
  await translate(page);
  await expectImage(page, 'synthetic');
});

test('slices are kept also where the worker that writes them cannot be had', async ({ page }) => {
  let refused = 0;
  await page.route(/keep\.worker/, (route) => {
    refused += 1;
    return route.abort();
  });
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await translate(page);
  await expect.poll(() => keptSlices(page)).toBe(1);
  expect(refused).toBeGreaterThan(0);
  await expect(notices(page)).toHaveCount(0);
  await page.reload();
  await expect(notices(page)).toHaveText([/^sub-01_T1w\.nii and 1 translated slice are back\.$/]);
});

/** Names of what this origin keeps for tabs. */
async function kept(page: Page): Promise<string[][]> {
  return page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('tabs');
    const folders: string[][] = [];
    for await (const folder of root.values()) {
      const names: string[] = [];
      for await (const name of (folder as FileSystemDirectoryHandle).keys()) names.push(name);
      folders.push(names);
    }
    return folders;
  });
}
/** Results that the indices of all tabs name: one follows the checksum in its file. */
async function keptResults(page: Page): Promise<{ slices: string[]; isSaved: boolean }[]> {
  return page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('tabs');
    const results = [];
    for await (const folder of root.values()) {
      const index = await (folder as FileSystemDirectoryHandle).getFileHandle('index').catch(() => null);
      // Written anew in the moment it may be gone.
      const file = await index?.getFile().catch(() => null);
      const text = await file?.text().catch(() => null);
      if (text) results.push(...JSON.parse(text.slice(64)).translate.results);
    }
    return results;
  });
}
const keptSlices = async (page: Page) =>
  (await keptResults(page)).reduce((sum, { slices }) => sum + slices.length, 0);
const tabFolders = async (page: Page) => (await kept(page)).length;
const keptFiles = async (page: Page) => (await kept(page)).flat();

/** Paths of the weights that are asked for from now on. */
function fetchedWeights(context: BrowserContext): string[] {
  const fetched: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('.safetensors')) fetched.push(new URL(request.url()).pathname);
  });
  return fetched;
}
