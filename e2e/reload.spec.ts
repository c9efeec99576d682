/** The page is left in the middle of a run and comes back. */
import {
  chooseHead,
  engineReady,
  expect,
  expectImage,
  openPage,
  openScan,
  test,
  translate,
  translateButton,
} from './helpers';
import { headScan } from './phantom';

test('a reload during a run: the page works again, with the weights from the cache', async ({
  page,
  context,
}) => {
  const fetched: string[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('.safetensors')) fetched.push(new URL(request.url()).pathname);
  });
  const scan = headScan('sub-01_T1w.nii');
  await openPage(page);
  await openScan(page, scan);
  await chooseHead(page);
  await translateButton(page).click();
  await expect(page.getByLabel('Run', { exact: true })).toContainText(/step \d+ of/);
  expect(fetched).toEqual(['/weights/t1w-to-flair-interim/weights.safetensors']);

  await page.reload();
  await engineReady(page);
  await expect(page.getByTestId('demo-button')).toBeEnabled();
  await openScan(page, scan);
  await translate(page);
  await expectImage(page, 'synthetic');
  expect(fetched).toHaveLength(1);
});
