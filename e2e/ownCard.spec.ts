/** What own weights are: said by the user in a form, or by the card that is dropped with them. */
import {
  addWeights,
  drop,
  expect,
  expectImage,
  modelSelect,
  notices,
  openPage,
  openScan,
  save,
  sliceOf,
  test,
  translate,
} from './helpers';
import { firstModel } from './models';
import { headScan, type TestFile } from './phantom';
import { servedWeights } from './weightsFiles';

const CARD = firstModel('quick').card;
const cardFile: TestFile = {
  name: 'card.json',
  mimeType: 'application/json',
  buffer: Buffer.from(JSON.stringify(CARD)),
};

test('the user says what the weights are, by keyboard, and earlier results are not shown as of these', async ({
  page,
}) => {
  await openPage(page);
  await openScan(page, headScan('brain.nii'));
  await addWeights(page, servedWeights('gen_diffusive_1_50.safetensors'));
  await translate(page);
  await expectImage(page, 'synthetic');

  const form = page.getByTestId('own-model-form');
  await form.getByLabel('Source contrast').focus();
  // Letters and digits of the page's own keys: T translates, 2 shows the difference.
  for (const text of ['T1w', 'T2w', '2', '65']) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await form.getByLabel('Image size, px').press('Enter');
  await expect(notices(page).first()).toHaveText(
    /^image size: must be a multiple of \d+ from 16 to 1024 pixels/,
  );
  await form.getByLabel('Image size, px').fill('64');
  await page.keyboard.press('Enter');
  await expect(notices(page).filter({ hasText: 'now T1w to T2w, 64 × 64 pixels of 2 mm' })).toBeVisible();
  await expect(page.getByLabel('Provenance')).toContainText('Nothing synthetic is on the screen.');

  await translate(page);
  const { imageName, sidecar } = await save(page);
  expect(imageName).toBe('brain_desc-synth_T2w.nii.gz');
  expect(sidecar).toMatchObject({
    SourceContrast: 'T1w',
    TargetContrast: 'T2w',
    ModelGrid: { Size: 64, PixelSize: 2 },
  });

  await page.getByLabel('Provenance').getByRole('button').click();
  await expect(form.getByLabel('Source contrast')).toHaveValue('');
  await expectImage(page, 'synthetic');
});

test('a card dropped with its weights decides; alone or with others it is refused', async ({ page }) => {
  await openPage(page);
  await drop(page, [cardFile]);
  await expect(notices(page)).toHaveText([
    /^card\.json: a model card must come with its one file of weights/,
  ]);

  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Own weights…' }).click();
  const ofOne = { ...cardFile, buffer: Buffer.from(JSON.stringify({ ...CARD, target: CARD.source })) };
  await (await chooser).setFiles([ofOne, servedWeights('mine.safetensors')]);
  await expect(modelSelect(page).locator('option:checked')).toHaveText(`Own: ${CARD.name}`);
  await expect(page.getByTestId('own-model-form')).toHaveCount(0);
  // It may be right between two scanners.
  await expect(page.getByRole('region', { name: 'Model', exact: true })).toContainText(
    `Source and target of this model are both ${CARD.source}: right between scanners`,
  );

  const other = servedWeights('other.safetensors');
  await drop(page, [cardFile, { ...other, buffer: Buffer.concat([other.buffer, Buffer.of(0)]) }]);
  await expect(notices(page).first()).toHaveText(
    /^other\.safetensors: must hold the \d+ bytes that card\.json gives/,
  );
});

test('a card of CT: Hounsfield units in a window of their own, saved as whole numbers with air where nothing was made', async ({
  page,
}) => {
  const card = {
    ...CARD,
    target: 'CT',
    preprocessing: { ...CARD.preprocessing, intensity: { source: 'foreground-median', target: 'hu' } },
  };
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Own weights…' }).click();
  const cardOfCt = { ...cardFile, buffer: Buffer.from(JSON.stringify(card)) };
  await (await chooser).setFiles([cardOfCt, servedWeights('ct.safetensors')]);
  await translate(page);
  await expectImage(page, 'synthetic');
  await expect(page.getByTestId('pane-synthetic')).toContainText('W 400 L 40');
  await expect(page.getByLabel('Provenance')).toContainText('result hu, -1 at -1024, +1 at 2048');

  const { imageName, volume, sidecar } = await save(page, 'int16');
  expect(imageName).toBe('sub-01_desc-synth_CT.nii.gz');
  expect(sidecar).toMatchObject({
    Units: 'HU',
    TargetIntensityMap: { Name: 'hu', Lower: -1024, Upper: 2048 },
  });
  const [made] = sidecar.TranslatedSlices as number[];
  expect(sliceOf(volume, made).every((v) => Number.isInteger(v) && v >= -1024 && v <= 2048)).toBe(true);
  expect(new Set(sliceOf(volume, made)).size).toBeGreaterThan(20);
  expect(new Set(sliceOf(volume, made === 0 ? 1 : 0))).toEqual(new Set([-1024]));
});
