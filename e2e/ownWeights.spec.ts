/** Weights that the user brings are read here and translate like a shipped model. */
import { createHash } from 'node:crypto';
import { drop, expect, expectImage, modelSelect, openPage, openScan, save, test, translate } from './helpers';
import { headScan } from './phantom';
import { servedWeights } from './weightsFiles';

test('a dropped .safetensors becomes the chosen model and translates', async ({ page }) => {
  const weights = servedWeights('my_T1w_to_FLAIR.safetensors');
  await openPage(page);
  await openScan(page, headScan('sub-01_T1w.nii'));
  await drop(page, [weights]);
  await expect(modelSelect(page).locator('option:checked')).toHaveText(`Own: ${weights.name}`);
  await translate(page);
  await expectImage(page, 'synthetic');
  const { sidecar } = await save(page);
  expect(sidecar).toMatchObject({
    Model: { Name: weights.name, WeightsSha256: createHash('sha256').update(weights.buffer).digest('hex') },
    IntensityMap: { Name: 'foreground-median' },
    Steps: 4,
  });
});
