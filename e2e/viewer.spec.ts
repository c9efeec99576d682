/** The panes under the mouse: window, slice, zoom and place, and the value that is read is the scan's own. */
import type { Page } from '@playwright/test';
import { expect, expectImage, openPage, openScan, pane, readScan, ribbon, sliceOf, test } from './helpers';
import { headScan } from './phantom';

const SCAN = headScan('sub-01_T1w.nii');

/** Until a pane has been measured and drawn it takes no gesture. */
async function openDrawn(page: Page): Promise<void> {
  await openPage(page);
  await openScan(page, SCAN);
  await expectImage(page, 'source');
}

/** The numbers in a corner of the source pane. */
async function readout(page: Page, side: 'left' | 'right'): Promise<number[]> {
  const text = await page
    .getByTestId('pane-source')
    .locator(`.slice-view-readout[data-side="${side}"]`)
    .textContent();
  return (text?.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
}

test('drag, wheel and double click', async ({ page }) => {
  await openDrawn(page);
  const box = (await pane(page, 'source').boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const slice = async () => Number(await ribbon(page).getAttribute('aria-valuenow'));
  const [width, center] = await readout(page, 'right');
  expect(width).toBeGreaterThan(0);

  // 150 pixels to the right double the window's width; up is brighter, that is a lower centre.
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 150, middle.y - 30, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await readout(page, 'right'))[0] / width)).toBe(2);
  expect((await readout(page, 'right'))[1]).toBeLessThan(center);
  await page.mouse.move(middle.x - 40, middle.y);
  expect(Math.round((await readout(page, 'right'))[0] / width)).toBe(2);

  const start = await slice();
  await page.mouse.wheel(0, -120);
  await expect.poll(slice).toBe(start + 1);
  await page.mouse.wheel(0, 120);
  await expect.poll(slice).toBe(start);

  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await expect.poll(async () => (await readout(page, 'right'))[2]).toBe(1.3);
  await page.mouse.dblclick(middle.x, middle.y);
  await expect.poll(() => readout(page, 'right')).toEqual([width, center]);
});

test('quick steps: rail, probe and slider come to where the image is, and the slider goes on from there', async ({
  page,
}) => {
  await openDrawn(page);
  const slider = page.getByRole('slider', { name: /^Slice \d+ of/ });
  await pane(page, 'source').hover();
  const shown = async () => Number(await ribbon(page).getAttribute('aria-valuenow'));
  const start = await shown();
  for (let step = 0; step < 3; step++) await page.mouse.wheel(0, -120);
  await expect.poll(shown).toBe(start + 3);
  await expect(slider).toHaveValue(String(start + 3));
  await expect(page.getByRole('radio', { name: `This slice: ${start + 3}` })).toBeVisible();
  await expect(page.getByLabel('Under the pointer')).toContainText(`, ${start + 3}`);
  // Keys of the slider go on from there, though the wheel has just been turned.
  await slider.focus();
  await page.mouse.wheel(0, -120);
  await page.mouse.wheel(0, -120);
  await expect.poll(shown).toBe(start + 5);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.mouse.wheel(0, 120);
  await expect.poll(shown).toBe(start + 2);
  await expect(slider).toHaveValue(String(start + 2));
  for (const value of ['1', '9', '2']) {
    await slider.fill(value);
    // The rails come later.
    expect(await slider.inputValue()).toBe(value);
  }
  await expect.poll(shown).toBe(2);
  await expect(page.getByRole('radio', { name: 'This slice: 2' })).toBeVisible();
  expect(await slider.inputValue()).toBe('2');
  // Also back to where the slider was moved to last.
  await page.mouse.wheel(0, -120);
  await expect(slider).toHaveValue('3');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(shown).toBe(2);
});

test('the value under the mouse is that of the voxel, also zoomed and moved', async ({ page }) => {
  await openDrawn(page);
  const volume = await readScan(SCAN);
  const k = Number(await ribbon(page).getAttribute('aria-valuenow'));
  const voxels = sliceOf(volume, k);
  const box = (await pane(page, 'source').boundingBox())!;
  const seen = new Set<string>();
  const probe = async (x: number, y: number) => {
    const before = await readout(page, 'left');
    await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    await expect.poll(() => readout(page, 'left')).not.toEqual(before);
    const [i, j, value] = await readout(page, 'left');
    // Panes are scaled by the model's intensity map, which sends three times the head's median of 480 to 1; three digits are shown.
    expect(value).toBeCloseTo(voxels[i + volume.image.shape[0] * j] / (3 * 480), 3);
    seen.add(`${i} ${j} ${value}`);
    return { i, j };
  };
  const middle = await probe(0.5, 0.5);
  const right = await probe(0.6, 0.5);
  const up = await probe(0.5, 0.4);
  // To the right of the screen is the patient's right, i upwards; the top is the front.
  expect(right.i).toBeGreaterThan(middle.i);
  expect(up.j).toBeGreaterThan(middle.j);

  await pane(page, 'source').focus();
  await page.keyboard.press('+');
  await page.keyboard.press('Shift+ArrowRight');
  const moved = await probe(0.55, 0.45);
  expect(moved.i).toBeLessThan(right.i);
  expect(seen.size).toBe(4);
});
