/** Models side by side: own weights beside shipped ones, one that fails, scores with the best marked, pictures, files to take away. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { drop, expect, notices, openPage, test } from './helpers';
import { firstModel } from './models';
import { headScan, type TestFile } from './phantom';
import { noGenerator, weightsOfSteps } from './weightsFiles';

/** The served model with a shorter chain, and the card of that. */
const shorter = (): TestFile[] => own('short', 'Short', weightsOfSteps('short.safetensors', 2));

/** The same with a value that is no number. */
function broken(): TestFile[] {
  const weights = weightsOfSteps('broken.safetensors', 2);
  weights.buffer.writeFloatLE(Number.NaN, weights.buffer.length - 4);
  return own('broken', 'Broken', weights);
}

/** Weights and their card. */
function own(id: string, name: string, weights: TestFile): TestFile[] {
  const { card } = firstModel('quick');
  const sha256 = createHash('sha256').update(weights.buffer).digest('hex');
  const file = {
    ...card,
    ...{ id, name, diffusion: { ...card.diffusion, steps: 2 } },
    weights: { ...card.weights, file: weights.name, sha256, bytes: weights.buffer.length },
  };
  const text = Buffer.from(JSON.stringify(file));
  return [weights, { name: 'card.json', mimeType: 'application/json', buffer: text }];
}

test('compares two models on a real pair, and leaves out what cannot be compared', async ({ page }) => {
  await openPage(page);
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.getByRole('combobox', { name: 'Contrasts' }).selectOption('T1w → FLAIR');
  await drop(page, shorter(), '.compare-models');
  await expect(page.getByRole('checkbox', { name: /Short/ })).toBeChecked();
  await drop(page, broken(), '.compare-models');
  await expect(page.getByRole('checkbox', { name: /Broken/ })).toBeChecked();
  await drop(page, [noGenerator('classifier.safetensors')], '.compare-models');
  await expect(page.getByTestId('compare-refused')).toContainText('classifier.safetensors');

  const flair = headScan('sub-01_FLAIR.nii', { change: (value) => Math.sqrt(value) });
  await drop(page, [headScan('sub-02_T1w.nii'), flair, headScan('sub-01_T1w.nii')]);
  await expect(page.getByTestId('compare-pair')).toHaveText(/sub-01_T1w\.nii.*sub-01_FLAIR\.nii/);
  await expect(notices(page)).toContainText('sub-02_T1w.nii: no scan of the other contrast');

  await page.getByTestId('compare-start').focus();
  await page.keyboard.press('Enter');
  const table = page.getByTestId('compare-table').first();
  // Names of columns, source, three models, and the reason of the one that fails, which has the width of the table.
  await expect(table.getByRole('row')).toHaveCount(6, { timeout: 60_000 });
  await expect(page.getByTestId('compare-start')).toBeVisible({ timeout: 60_000 });
  const reason = table.getByText('must hold finite numbers, got NaN');
  expect((await reason.boundingBox())!.width).toBeGreaterThan(600);
  await expect(page.getByTestId('compare-start')).toBeFocused();
  await expect(table.getByRole('cell', { name: /\(best\)/ })).not.toHaveCount(0);
  await expect(table.getByText('not computed yet')).toHaveCount(0);

  // Source, the two models that work, the real one; and how far the first three are from it.
  const pictures = page.getByTestId('compare-grid').getByRole('img');
  await expect(pictures).toHaveCount(7);
  const slider = page.getByRole('slider', { name: 'Slice' });
  const middle = await slider.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowUp');
  await expect(slider).not.toHaveAttribute('aria-valuetext', middle!);
  await page.getByRole('button', { name: 'Enlarge Real FLAIR' }).click();
  await expect(page.getByRole('dialog')).toContainText('Real FLAIR, sub-01, slice');
  await page.keyboard.press('Escape');

  const taken = async (id: string) => {
    const download = page.waitForEvent('download');
    await page.getByTestId(id).click();
    return readFile(await (await download).path());
  };
  expect((await taken('compare-csv')).toString()).toMatch(/^T1w → FLAIR\r\nmethod,.*\r\nsource as it is,\d/);
  const { Models, Pairs } = JSON.parse((await taken('compare-json')).toString());
  expect([Models.length, Pairs]).toEqual([
    3,
    [{ Id: 'sub-01', Source: 'sub-01_T1w.nii', Reference: 'sub-01_FLAIR.nii' }],
  ]);
  expect((await taken('compare-png')).subarray(1, 4).toString()).toBe('PNG');

  await page.getByRole('link', { name: 'About' }).click();
  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(table.getByRole('row')).toHaveCount(6);
});
