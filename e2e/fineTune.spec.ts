/** The Train room's fine-tune on the scans that come with the page: what one press fills in, and scores before and after. */
import { expect, openPage, test } from './helpers';

test('one press fills in two patients and the shipped model; the run is scored before and after', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('link', { name: 'Train' }).click();
  await page.getByTestId('train-real-button').click();
  await expect(page.getByTestId('train-volume')).toHaveCount(4);
  for (const [zone, name] of [
    ['train-drop-a', 'sub-openmsl03s2_T1w'],
    ['train-drop-b', 'sub-openmsl03s2_FLAIR'],
  ])
    await expect(page.getByTestId(zone)).toContainText(name);
  await expect(page.getByRole('combobox', { name: 'Start from' }).locator('option:checked')).toContainText(
    'T1w to FLAIR',
  );
  await expect(page.getByTestId('train-real-note')).toContainText('Lesjak');
  await expect(page.getByText('paired, 4 steps, no adversarial term (L1 only), A to B only')).toBeVisible();
  await expect(page.getByTestId('train-estimate')).toHaveAttribute('data-fits', 'true');

  await page.locator('summary', { hasText: 'Course' }).click();
  const field = (name: string) => page.getByRole('spinbutton', { name, exact: true });
  await field('Iterations').fill('2');
  await field('Validation').fill('2');
  await field('Preview').fill('2');
  const start = page.getByTestId('train-start-button');
  await start.click();
  await expect(start).toHaveAttribute('data-phase', 'done', { timeout: 120_000 });
  await expect(page.getByTestId('train-validation-chart')).toHaveAttribute('data-count', '2');
  const preview = page.getByTestId('train-preview');
  await expect(preview).toHaveAttribute('data-step', '2');
  await expect(preview.getByRole('heading', { name: 'before' })).toBeVisible();
  await page.getByRole('button', { name: 'Earlier preview' }).click();
  await expect(preview).toHaveAttribute('data-step', '0');
  await expect(preview.getByRole('heading', { name: 'before' })).toBeHidden();
});
