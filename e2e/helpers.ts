/** The page as its users handle it: what they drop, press and get. Things are found by role and name where these tell them. */
import { readFile } from 'node:fs/promises';
import { test as base, type Download, expect, type Page } from '@playwright/test';
import { type NiftiFile, readNifti } from '../src/volume/formats/nifti/read';
import { type Speed, serveModels } from './models';
import type { TestFile } from './phantom';

export { expect };

/**
 * Every test fails at its end if the page has logged an error, thrown, or broken its own content policy. The models are small
 * ones made in code; `test.use({ models: 'slow' })` where a run must still be at work when it is looked at.
 */
export const test = base.extend<{
  models: Speed | 'shipped';
  /** Errors that the test makes itself. */
  madeErrors: RegExp | null;
  served: undefined;
  quiet: undefined;
}>({
  models: ['quick', { option: true }],
  madeErrors: [null, { option: true }],
  served: [
    async ({ context, models }, use) => {
      if (models !== 'shipped') await serveModels(context, models);
      await use(undefined);
    },
    { auto: true },
  ],
  quiet: [
    async ({ page, madeErrors }, use) => {
      const heard: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') heard.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => heard.push(`thrown: ${error.message}`));
      await page.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) =>
          console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`),
        );
      });
      await use(undefined);
      const own = heard.filter((error) => !madeErrors?.test(error));
      expect(own, 'errors in the console').toEqual([]);
    },
    { auto: true },
  ],
});

export type Backend = 'wasm' | 'webgpu' | 'auto';

/** The page with its engine ready. */
export async function openPage(page: Page, backend: Backend = 'wasm'): Promise<void> {
  await page.goto(backend === 'auto' ? '/' : `/?backend=${backend}`);
  await engineReady(page);
}

/** What was open does not come back when the page is opened again, as in a tab of its own. */
export async function forgetTab(page: Page): Promise<void> {
  await page.evaluate(() => sessionStorage.clear());
}

export async function engineReady(page: Page): Promise<void> {
  await expect(page.getByTestId('backend-badge')).toHaveAttribute('data-phase', 'ready', { timeout: 60_000 });
}

/** A drag of files from outside onto what `selector` finds, by the same events as the browser sends. */
export async function drop(page: Page, files: readonly TestFile[], selector = 'body'): Promise<void> {
  const packed = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    base64: buffer.toString('base64'),
  }));
  const dataTransfer = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, packed);
  const target = page.locator(selector);
  await target.dispatchEvent('dragenter', { dataTransfer });
  await target.dispatchEvent('dragover', { dataTransfer });
  await target.dispatchEvent('drop', { dataTransfer });
  await dataTransfer.dispose();
}

export async function openScan(page: Page, scan: TestFile): Promise<void> {
  await drop(page, [scan]);
  await expect(sourceDrop(page)).toContainText(scan.name);
  await expect(page.getByTestId('pane-source').locator('canvas')).toBeVisible();
}

/** Own weights by the file chooser; waits until they are the chosen model. */
export async function addWeights(page: Page, weights: TestFile): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Own weights…' }).click();
  await (await chooser).setFiles(weights);
  await expect(modelSelect(page).locator('option:checked')).toHaveText(`Own: ${weights.name}`);
}

export const modelSelect = (page: Page) => page.getByRole('combobox', { name: 'Model', exact: true });
export const sourceDrop = (page: Page) => page.getByTestId('drop-source');
export const translateButton = (page: Page) => page.getByTestId('translate-button');
export const cancelButton = (page: Page) => page.getByTestId('cancel-button');
export const notices = (page: Page) => page.getByTestId('notice');
export const ribbon = (page: Page) => page.getByRole('slider', { name: 'Axial slices' });

/** The pane as it is announced, e.g. "FLAIR (Synthetic), axial slice 5 of 0 to 11". */
export const pane = (page: Page, id: 'source' | 'synthetic' | 'reference' | 'compared') =>
  page.getByTestId(`pane-${id}`).getByRole('application');

export async function chooseSlices(page: Page, from: number, to: number): Promise<void> {
  await page.getByRole('radio', { name: 'From – to' }).check();
  // Upper end first: the lower one may not pass it.
  await page.getByRole('spinbutton', { name: 'To', exact: true }).fill(String(to));
  await page.getByRole('spinbutton', { name: 'From', exact: true }).fill(String(from));
}

export async function chooseHead(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /All with head/ }).check();
}

/** Presses Translate and waits for the end of the run. The press itself begins it: the button is Cancel's when it returns. */
export async function translate(page: Page, timeout = 120_000): Promise<void> {
  await translateButton(page).click();
  await runEnded(page, timeout);
}

/** Waits for the words of the run; asks often, because a fast machine soon says something else. */
export async function runSays(page: Page, words: RegExp): Promise<void> {
  const said = () => page.getByLabel('Run', { exact: true }).textContent();
  await expect.poll(said, { intervals: [50], timeout: 60_000 }).toMatch(words);
}

export async function runEnded(page: Page, timeout = 120_000): Promise<void> {
  await expect(translateButton(page)).toBeVisible({ timeout });
}

/** Goes to a slice by the slider of the toolbar. */
export async function goToSlice(page: Page, slice: number): Promise<void> {
  await page.getByRole('slider', { name: /^Slice/ }).fill(String(slice));
}

export interface Saved {
  imageName: string;
  volume: NiftiFile;
  /** As JSON.parse gives it. */
  sidecar: Record<string, unknown>;
}

/** Saves NIfTI and sidecar and reads them again. */
export async function save(page: Page, dtype: 'float32' | 'int16' = 'float32'): Promise<Saved> {
  await page.getByRole('combobox', { name: 'Data type of the image' }).selectOption(dtype);
  const ending = (text: string) => (download: Download) => download.suggestedFilename().endsWith(text);
  const [nifti, sidecar] = await Promise.all([
    page.waitForEvent('download', ending('.nii.gz')),
    page.waitForEvent('download', ending('.json')),
    page.getByTestId('save-nifti').click(),
  ]);
  const imageName = nifti.suggestedFilename();
  expect(sidecar.suggestedFilename()).toBe(imageName.replace('.nii.gz', '.json'));
  const volume = await readScan({ name: imageName, buffer: await readFile(await nifti.path()) });
  return { imageName, volume, sidecar: JSON.parse(await readFile(await sidecar.path(), 'utf8')) };
}

export async function readScan({ name, buffer }: Pick<TestFile, 'name' | 'buffer'>): Promise<NiftiFile> {
  const [volume] = await readNifti([{ name, blob: new Blob([new Uint8Array(buffer)]) }], { volume: 0 });
  return volume;
}

/** Canonical axial slice k. */
export function sliceOf(
  {
    image: {
      voxels,
      shape: [ni, nj],
    },
  }: NiftiFile,
  k: number,
): Float32Array {
  return voxels.subarray(k * ni * nj, (k + 1) * ni * nj);
}

/** Slices with anything but zero. */
export function filledSlices(volume: NiftiFile): number[] {
  return Array.from({ length: volume.image.shape[2] }, (_, k) => k).filter((k) =>
    sliceOf(volume, k).some((value) => value !== 0),
  );
}

/** Number of different greys on a pane's canvas, and their standard deviation (0..255). A blank canvas has 1 and 0. */
export async function greys(
  page: Page,
  id: 'source' | 'synthetic' | 'reference' | 'compared',
): Promise<{ levels: number; deviation: number }> {
  return page
    .getByTestId(`pane-${id}`)
    .locator('canvas')
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const green = Array.from({ length: data.length / 4 }, (_, n) => data[4 * n + 1]);
      const mean = green.reduce((sum, v) => sum + v, 0) / green.length;
      const variance = green.reduce((sum, v) => sum + (v - mean) ** 2, 0) / green.length;
      return { levels: new Set(green).size, deviation: Math.sqrt(variance) };
    });
}

/** Waits until the pane shows an image, not one grey. */
export async function expectImage(
  page: Page,
  id: Parameters<typeof greys>[1],
  timeout = 30_000,
): Promise<void> {
  await expect.poll(async () => (await greys(page, id)).levels, { timeout }).toBeGreaterThan(20);
  expect((await greys(page, id)).deviation).toBeGreaterThan(10);
}
