/** The page is left in the middle of a run and comes back; weights are kept between visits. */
import type { BrowserContext } from '@playwright/test';
import {
  chooseHead,
  engineReady,
  expect,
  expectImage,
  notices,
  openPage,
  openScan,
  runSays,
  test,
  translate,
  translateButton,
} from './helpers';
import { firstModel } from './models';
import { headScan } from './phantom';

test.describe('in the middle of a run', () => {
  test.use({ models: 'slow' });

  test('a reload during a run: the page works again, with the weights from the cache', async ({
    page,
    context,
  }) => {
    const fetched = fetchedWeights(context);
    const scan = headScan('sub-01_T1w.nii');
    await openPage(page);
    await openScan(page, scan);
    await chooseHead(page);
    await translateButton(page).click();
    await runSays(page, /step \d+ of/);
    expect(fetched).toEqual([`/weights/${firstModel('slow').card.id}/weights.safetensors`]);

    await page.reload();
    await engineReady(page);
    await expect(page.getByTestId('demo-button')).toBeEnabled();
    await openScan(page, scan);
    await translate(page);
    await expectImage(page, 'synthetic');
    expect(fetched).toHaveLength(1);
  });
});

test('kept weights that have been damaged are fetched again', async ({ page, context }) => {
  const fetched = fetchedWeights(context);
  const scan = headScan('sub-01_T1w.nii');
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
  await openPage(page);
  await openScan(page, scan);
  await translate(page);
  await expectImage(page, 'synthetic');
  expect(fetched).toHaveLength(2);
  await expect(notices(page)).toHaveCount(0);
});

test('weights that arrive cut short are refused, and the next try works', async ({ page }) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
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

/** Paths of the weights that are asked for from now on. */
function fetchedWeights(context: BrowserContext): string[] {
  const fetched: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('.safetensors')) fetched.push(new URL(request.url()).pathname);
  });
  return fetched;
}
