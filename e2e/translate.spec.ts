/** The main job: a scan in, two slices translated, a volume out that lies where the scan lay. */
import { readFile } from 'node:fs/promises';
import {
  chooseSlices,
  expect,
  expectImage,
  filledSlices,
  forgetTab,
  goToSlice,
  openPage,
  openScan,
  pane,
  readScan,
  type Saved,
  save,
  sliceOf,
  sourceDrop,
  test,
  translate,
  translateButton,
} from './helpers';
import { firstModel } from './models';
import { headScan, SHAPE } from './phantom';

test('a dropped scan: two slices, saved as float32 and int16 on the scan’s own grid', async ({ page }) => {
  const scan = headScan('sub-01_T1w.nii');
  await openPage(page);
  await expect(page.getByTestId('backend-badge')).toContainText('wasm');
  await openScan(page, scan);
  await expect(page.getByLabel('Source scan')).toContainText('LPS');
  await chooseSlices(page, 5, 6);
  await translate(page);

  await goToSlice(page, 6);
  await expect(pane(page, 'synthetic')).toHaveAccessibleName(/^FLAIR \(Synthetic\), axial slice 6/);
  await expect(pane(page, 'synthetic').getByText('Synthetic', { exact: true })).toBeVisible();
  await expectImage(page, 'synthetic');
  await goToSlice(page, 7);
  await expect(pane(page, 'synthetic')).toContainText('Not translated');

  const source = await readScan(scan);
  const float = await save(page);
  expect(float.imageName).toBe('sub-01_desc-synth_FLAIR.nii.gz');
  expectSameGrid(float, source);
  expect(float.volume.header.dtype).toBe('float32');
  expect(filledSlices(float.volume)).toEqual([5, 6]);
  expect(float.volume.image.voxels.every((value) => value >= 0)).toBe(true);

  const { id, weights } = firstModel('quick').card;
  expect(float.sidecar).toMatchObject({
    Synthetic: true,
    NotForClinicalUse: true,
    Sources: ['sub-01_T1w.nii'],
    SourceContrast: 'T1w',
    TargetContrast: 'FLAIR',
    Model: { Id: id, WeightsSha256: weights.sha256 },
    Seed: 0,
    Steps: 4,
    Samples: 1,
    Noise: 'shared',
    TranslatedSlices: [5, 6],
    Backend: 'wasm',
  });
  expect(Date.parse(String(float.sidecar.Date))).toBeGreaterThan(0);

  const int = await save(page, 'int16');
  expectSameGrid(int, source);
  expect(int.volume.header.dtype).toBe('int16');
  expect(filledSlices(int.volume)).toEqual([5, 6]);
  const largest = float.volume.image.voxels.reduce((a, b) => Math.max(a, b), 0);
  const worst = float.volume.image.voxels.reduce(
    (a, v, n) => Math.max(a, Math.abs(v - int.volume.image.voxels[n])),
    0,
  );
  // Half a step of 32767 up to the largest value, and the header's float32 slope.
  expect(worst).toBeLessThan((0.51 * largest) / 32767);
});

test('the same settings give the same bytes again, whatever else is translated', async ({ page }) => {
  const scan = headScan('sub-02_T1w.nii', { type: 'int16' });
  await openPage(page);
  const chooser = page.waitForEvent('filechooser');
  await sourceDrop(page).getByRole('button', { name: 'Choose a file…' }).click();
  await (await chooser).setFiles(scan);
  await expect(sourceDrop(page)).toContainText(scan.name);
  await expect(page.getByLabel('Source scan')).toContainText('int16');
  await goToSlice(page, 4);
  await translate(page);
  const first = await save(page);
  expect(first.sidecar.TranslatedSlices).toEqual([4]);
  await expect(translateButton(page)).toBeDisabled();

  await forgetTab(page);
  await openPage(page);
  await openScan(page, scan);
  await goToSlice(page, 3);
  await chooseSlices(page, 3, 4);
  await translate(page);
  const again = await save(page);
  expect(again.sidecar.TranslatedSlices).toEqual([3, 4]);
  expect(sliceOf(again.volume, 4)).toEqual(sliceOf(first.volume, 4));

  // Another seed is another image: the equality above is not one of blank slices.
  await page.getByText('Settings', { exact: true }).click();
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
  await expect(pane(page, 'synthetic')).toContainText('Not translated');
  await chooseSlices(page, 4, 4);
  await translate(page);
  const other = await save(page);
  expect(other.sidecar.Seed).toBe(7);
  expect(sliceOf(other.volume, 4)).not.toEqual(sliceOf(first.volume, 4));

  await goToSlice(page, 4);
  const picture = page.waitForEvent('download');
  // At once: the notice of the save before does not lie in the way.
  await page.getByTestId('save-png').click({ timeout: 3000 });
  const png = await readFile(await (await picture).path());
  expect((await picture).suggestedFilename()).toBe('sub-02_T1w_slice-4.png');
  expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  // IHDR: two panes of 64 x 72 pixels, enlarged to hold their captions.
  expect(png.readUInt32BE(16)).toBeGreaterThan(2 * 320);
  expect(png.readUInt32BE(20)).toBeGreaterThan(320);
});

/** Shape, affine and form codes of the scan that went in, and a header that says what came out. */
function expectSameGrid({ volume }: Saved, source: Awaited<ReturnType<typeof readScan>>): void {
  expect(volume.header.shape).toEqual([...SHAPE]);
  volume.header.affine.flat().forEach((value, n) => {
    expect(value).toBeCloseTo(source.header.affine.flat()[n], 6);
  });
  const [before, after] = [source, volume].map(({ header }) => new DataView(header.bytes.slice().buffer));
  // nifti1.h: qform_code, sform_code; then quaternion, offsets and the sform's rows, as they were.
  expect([after.getInt16(252, true), after.getInt16(254, true)]).toEqual([2, 1]);
  for (let at = 256; at < 328; at += 4) expect(after.getFloat32(at, true)).toBe(before.getFloat32(at, true));
  const descrip = Buffer.from(volume.header.bytes.subarray(148, 228)).toString('latin1');
  expect(descrip).toMatch(/^SYNTHETIC FLAIR, not for clinical use/);
}
