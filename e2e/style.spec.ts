/** A model with styles (MUNIT): the style of a real scan is read by it, makes another image, and is named wherever the result is told. */
import { createHash } from 'node:crypto';
import { encodeWeights } from '../src/engine/models/convertWeights';
import { munitCard, munitState, WITH_ENCODER } from '../test/tinyMunit';
import {
  chooseSlices,
  drop,
  expect,
  expectImage,
  modelSelect,
  notices,
  openPage,
  openScan,
  pane,
  save,
  sliceOf,
  test,
  translate,
} from './helpers';
import { headScan, type TestFile } from './phantom';

/** Card and weights, as a user drops them. */
function munitFiles(): TestFile[] {
  const bytes = encodeWeights({ state: munitState(WITH_ENCODER), config: WITH_ENCODER }, 'f32');
  const buffer = Buffer.from(bytes.buffer);
  const sha256 = createHash('sha256').update(buffer).digest('hex');
  const weights = { file: 'munit.safetensors', sha256, dtype: 'f32', bytes: buffer.length } as const;
  const card = { ...munitCard(WITH_ENCODER), weights };
  return [
    { name: 'card.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(card)) },
    { name: weights.file, mimeType: 'application/octet-stream', buffer },
  ];
}

test('the style of a scan is read, decides the image and is told; what shows no head is refused', async ({
  page,
}) => {
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await drop(page, munitFiles());
  await expect(modelSelect(page).locator('option:checked')).toHaveText('Own: Tiny, MUNIT');
  await chooseSlices(page, 5, 6);
  await page.getByText('Settings', { exact: true }).click();
  const noise = page.getByRole('combobox', { name: 'Noise' });
  await noise.selectOption('none: the mean style');
  await translate(page);
  const mean = await save(page);
  expect(mean.sidecar).toMatchObject({ Noise: 'mean' });

  const chooseStyle = async (button: RegExp, file: TestFile) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: button }).click();
    await (await chooser).setFiles(file);
  };
  await chooseStyle(/^A FLAIR scan…/, headScan('black_FLAIR.nii', { change: () => 0 }));
  await expect(notices(page).first()).toHaveText(
    'black_FLAIR.nii: must show a head, got 0 in every voxel; choose another file',
  );
  await expect(noise).toHaveValue('mean');

  await chooseStyle(/^A FLAIR scan…/, headScan('sub-09_FLAIR.nii', { change: (value) => 900 - value }));
  await expect(
    notices(page).filter({ hasText: 'sub-09_FLAIR.nii: the next images have its style.' }),
  ).toBeVisible();
  await expect(page.getByText('Style of: sub-09_FLAIR.nii')).toBeVisible();
  await expect(pane(page, 'synthetic')).toContainText('Not translated');
  await translate(page);
  await expectImage(page, 'synthetic');
  await expect(page.getByLabel('Provenance')).toContainText('sub-09_FLAIR.nii');
  const given = await save(page);
  expect(given.sidecar).toMatchObject({ Noise: 'given', Style: { Source: 'sub-09_FLAIR.nii' } });
  const { Values: values } = given.sidecar.Style as { Values: number[] };
  expect(values).toHaveLength(WITH_ENCODER.style_dim);
  // The mean style is 0 in every number.
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0);
  expect(mean.sidecar).not.toHaveProperty('Style');
  const [one, other] = [mean, given].map(({ volume }) => sliceOf(volume, 5));
  expect(Math.max(...one)).toBeGreaterThan(0);
  expect(Math.max(...other.map((value, at) => Math.abs(value - one[at])))).toBeGreaterThan(
    0.001 * Math.max(...one),
  );
});
