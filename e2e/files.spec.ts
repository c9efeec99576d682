/** Scans in their other forms, and what happens to a run when its scan goes. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Worker } from '@playwright/test';
import { headPhantom, makeNifti } from '../test/makeNifti';
import {
  cancelButton,
  chooseHead,
  drop,
  expect,
  expectImage,
  filledSlices,
  greys,
  notices,
  openPage,
  openScan,
  runEnded,
  runSays,
  save,
  sourceDrop,
  test,
  translate,
  translateButton,
} from './helpers';
import { headScan, LONG_SHAPE, type TestFile } from './phantom';

const file = (name: string, bytes: ArrayBuffer | Uint8Array): TestFile => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes as Uint8Array),
});

test('gzipped, in several members, without an ending, as a .hdr with its .img, and two files at once', async ({
  page,
}) => {
  await openPage(page);
  const plain = headScan('sub-01_T1w.nii');
  await openScan(page, file('packed_T1w.nii.gz', gzipSync(plain.buffer)));
  await expectImage(page, 'source');

  await openScan(page, { ...plain, name: 'noext' });
  await expectImage(page, 'source');

  const stray = Buffer.from('\n');
  const members = [plain.buffer.subarray(0, 4000), plain.buffer.subarray(4000)].map((part) => gzipSync(part));
  await openScan(page, file('members_T1w.nii (1).gz', Buffer.concat([...members, stray])));
  await expectImage(page, 'source');
  await expect(page.getByLabel('Source scan')).toContainText('There is 1 stray byte behind');

  const shape = [40, 44, 6] as const;
  const pair = makeNifti({ dims: [...shape], values: headPhantom(shape), pixdim: [1, 4, 4, 8], pair: true });
  await drop(page, [file('pair_T1w.img', pair.image), file('pair_T1w.hdr', pair.file)]);
  await expect(page.getByLabel('Source scan')).toContainText('40 × 44 × 6');
  await expectImage(page, 'source');

  await drop(page, [headScan('sub-01_dseg.nii'), headScan('sub-01_FLAIR.nii'), plain]);
  await expect(sourceDrop(page)).toContainText('sub-01_T1w.nii');
  await expect(page.getByTestId('drop-reference')).toContainText('sub-01_FLAIR.nii');
  await expect(notices(page)).toHaveText([
    /^sub-01_T1w\.nii is the source, sub-01_FLAIR\.nii the reference\. sub-01_dseg\.nii: named as masks/,
  ]);

  await drop(
    page,
    ['sub-03_T1w.nii', 'sub-02_FLAIR.nii', 'sub-02_T1w.nii'].map((name) => headScan(name)),
  );
  const choice = page.getByRole('dialog', { name: 'Which scan is translated?' });
  await choice.getByRole('combobox', { name: 'Source' }).selectOption('sub-03_T1w.nii');
  await expect(choice.getByRole('combobox', { name: 'Reference' })).toHaveValue('');
  await choice.getByRole('combobox', { name: 'Source' }).selectOption('sub-02_T1w.nii');
  await choice.getByRole('button', { name: 'Open' }).click();
  await expect(sourceDrop(page)).toContainText('sub-02_T1w.nii');
  await expect(page.getByTestId('drop-reference')).toContainText('sub-02_FLAIR.nii');
});

test('a large gzipped scan is unpacked by a thread of its own: cut short, and whole', async ({ page }) => {
  const side = 130;
  const noise = new Int16Array(randomBytes(2 * side ** 3).buffer.slice(0));
  const sform = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ];
  const dims = [side, side, side];
  const packed = gzipSync(Buffer.from(makeNifti({ dims, values: noise, type: 'int16', sform }).file));
  const isThread = (worker: Worker) => worker.url().includes('inflate.worker');
  let begun = 0;
  page.on('worker', (worker) => {
    if (isThread(worker)) begun += 1;
  });
  await openPage(page);
  await drop(page, [file('short_T1w.nii.gz', packed.subarray(0, -100_000))]);
  await expect(notices(page)).toHaveText([/^short_T1w\.nii\.gz: its gzip stream must be whole/]);
  await openScan(page, file('large_T1w.nii.gz', packed));
  await page.getByTestId('pane-source').hover();
  const probe = page.getByLabel('Under the pointer');
  await expect(probe).toContainText(/Voxel[\d, ]{5,}/);
  const text = await probe.innerText();
  const [i, j, k] = /Voxel\s+(\d+), (\d+), (\d+)/.exec(text)!.slice(1).map(Number);
  expect(Number(/Source\s+(-?[\d.]+)/.exec(text)![1])).toBe(noise[i + side * (j + side * k)]);
  expect(begun).toBe(2);
  expect(page.workers().filter(isThread)).toEqual([]);
});

test('a 4-D file: one of its volumes is chosen', async ({ page }) => {
  const shape = [40, 44, 6] as const;
  const head = headPhantom(shape);
  const faint = head.map((value, n) => (n % 40 < 20 ? value : 0));
  const scan = makeNifti({
    dims: [...shape, 2],
    values: [...head, ...faint],
    pixdim: [1, 4, 4, 8, 2],
  });
  await openPage(page);
  await openScan(page, file('two_T1w.nii', scan.file));
  const before = await greys(page, 'source');
  await page.getByRole('spinbutton', { name: /^Volume, 0 to 1/ }).fill('1');
  await expect.poll(async () => (await greys(page, 'source')).deviation).not.toBeCloseTo(before.deviation, 1);
  await translate(page);
  await expectImage(page, 'synthetic');
  const { volume } = await save(page);
  expect(volume.image.shape).toEqual([...shape]);
  expect(volume.volumeCount).toBe(1);
});

test('a file that has gone since it was opened is told in one sentence, and the page stays as it was', async ({
  page,
}, testInfo) => {
  const shape = [40, 44, 6] as const;
  const head = headPhantom(shape);
  const { file: bytes } = makeNifti({
    dims: [...shape, 2],
    values: [...head, ...head],
    pixdim: [1, 4, 4, 8, 2],
  });
  const path = testInfo.outputPath('gone_T1w.nii');
  await writeFile(path, new Uint8Array(bytes));
  await openPage(page);
  const chooser = page.waitForEvent('filechooser');
  await page.getByLabel('Source scan').getByRole('button', { name: 'Choose a file…' }).click();
  await (await chooser).setFiles(path);
  await expect(sourceDrop(page)).toContainText('gone_T1w.nii');
  await rm(path);
  await page.getByRole('spinbutton', { name: /^Volume, 0 to 1/ }).fill('1');
  await expect(notices(page)).toHaveText([
    /^gone_T1w\.nii: must be readable, got ".+"; choose the file again$/,
  ]);
  await expectImage(page, 'source');
});

test.describe('in the middle of a run', () => {
  test.use({ models: 'slow' });

  test('a damaged scan dropped into a run leaves it alone; another scan takes its place when that is said', async ({
    page,
  }) => {
    await openPage(page);
    await openScan(page, headScan('first_T1w.nii', { shape: LONG_SHAPE }));
    await chooseHead(page);
    await translateButton(page).click();
    await runSays(page, /Slice [2-9] of \d+/);
    const damaged = headScan('short.nii').buffer.subarray(0, 5000);
    for (const [n, zone] of ['source', 'reference', 'weights'].entries()) {
      await drop(page, [file(`as-${zone}.nii`, damaged)], `[data-drop="${zone}"]`);
      await expect(notices(page)).toHaveCount(Math.min(n + 1, 2));
    }
    await drop(page, [file('anywhere.nii', damaged)]);
    // Two are shown in full.
    await page.getByRole('button', { name: '2 more' }).click();
    await expect(notices(page)).toHaveCount(4);
    for (const name of ['as-source', 'as-reference', 'anywhere'])
      await expect(notices(page).filter({ hasText: `${name}.nii: ` })).toHaveAttribute('data-tone', 'error');
    await expect(notices(page).filter({ hasText: 'as-weights.nii: ' })).toHaveAttribute('data-tone', 'warn');
    await expect(cancelButton(page)).toBeEnabled();
    await page.getByRole('button', { name: 'Dismiss all' }).click();
    await expect(notices(page)).toHaveCount(0);
    await drop(page, [headScan('second_T1w.nii')]);
    const choice = page.getByRole('dialog', { name: 'What is this scan?' });
    await expect(choice).toContainText(
      /This ends the run and clears \d+ translated slices? that (is|are) not/,
    );
    await expect(choice.getByRole('button', { name: 'Use as reference' })).toBeFocused();
    await expect(sourceDrop(page)).toContainText('first_T1w.nii');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(sourceDrop(page)).toContainText('second_T1w.nii');
    await runEnded(page);
    await expect(page.getByTestId('save-nifti')).toBeDisabled();
    await expect(page.locator('[data-tone="error"]')).toHaveCount(0);
    await translate(page);
    const { volume, imageName } = await save(page);
    expect(imageName).toBe('second_desc-synth_FLAIR.nii.gz');
    expect(filledSlices(volume)).toHaveLength(1);
  });

  test('a scan removed in a run leaves the empty page', async ({ page }) => {
    await openPage(page);
    await openScan(page, headScan('first_T1w.nii', { shape: LONG_SHAPE }));
    await chooseHead(page);
    await translateButton(page).click();
    await runSays(page, /step \d/);
    await page.getByLabel('Source scan').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByLabel('Source scan')).toContainText('This ends the run');
    await expect(page.getByRole('button', { name: /^Keep ?: the source$/ })).toBeFocused();
    await page.getByRole('button', { name: /^Remove ?: the source$/ }).click();
    await expect(page.getByTestId('demo-button')).toBeVisible();
    await runEnded(page);
    await expect(translateButton(page)).toBeDisabled();
    await expect(page.locator('[data-tone="error"]')).toHaveCount(0);
  });
});
