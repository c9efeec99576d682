/** Files that cannot be opened: one clear sentence each, and what was on the screen stays there. */
import {
  drop,
  expect,
  notices,
  openPage,
  openScan,
  sourceDrop,
  test,
  translate,
  translateButton,
} from './helpers';
import { hostileFiles } from './hostileFiles';
import { headScan, type TestFile } from './phantom';
import { noGenerator } from './weightsFiles';

const SCAN = headScan('sub-01_T1w.nii');

const of = (name: string, buffer: Buffer): TestFile => ({
  name,
  mimeType: 'application/octet-stream',
  buffer,
});

/** nifti1.h: datatype at byte 70, bitpix at 72; 32 is complex64. */
function complexScan(name: string): TestFile {
  const buffer = Buffer.concat([SCAN.buffer, Buffer.alloc(SCAN.buffer.length)]);
  buffer.writeInt16LE(32, 70);
  buffer.writeInt16LE(64, 72);
  return of(name, buffer);
}

const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(400)]);
const png = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');

const CASES: { what: string; file: TestFile; says: RegExp }[] = [
  {
    what: 'a text file',
    file: of('notes.txt', Buffer.from('a scan')),
    says: /^notes\.txt: neither a scan nor weights/,
  },
  {
    what: 'text called .nii',
    file: of('notes.nii', Buffer.from('not a header '.repeat(60))),
    says: /^notes\.nii: must begin with a NIfTI header/,
  },
  { what: 'an empty file', file: of('empty.nii.gz', Buffer.alloc(0)), says: /^empty\.nii\.gz: .*empty/ },
  {
    what: 'a NIfTI cut short',
    file: of('short.nii', SCAN.buffer.subarray(0, 5000)),
    says: /^short\.nii: .*cut short/,
  },
  { what: 'a picture', file: of('slice.png', png), says: /^slice\.png: / },
  { what: 'a picture called .nii', file: of('slice.nii', png), says: /^slice\.nii: .*got picture/ },
  { what: 'a DICOM file', file: of('IM0001.dcm', dicom), says: /^IM0001\.dcm: / },
  { what: 'DICOM called .nii', file: of('IM0001.nii', dicom), says: /^IM0001\.nii: .*got DICOM.*dcm2niix/ },
  { what: 'complex values', file: complexScan('kspace.nii'), says: /^kspace\.nii: .*complex/ },
  { what: 'weights of no generator', file: noGenerator('resnet.safetensors'), says: /generator/ },
  {
    what: 'text called .pth',
    file: of('model.pth', Buffer.from('PLEASE LOAD ME '.repeat(20))),
    says: /model\.pth|checkpoint/,
  },
];

test('every unreadable file gets one notice and leaves the page as it was', async ({ page }) => {
  await openPage(page);
  await openScan(page, SCAN);
  const model = await page.getByRole('combobox', { name: 'Model', exact: true }).inputValue();
  const hostile = (await hostileFiles()).map(({ file, says }) => ({ what: file.name, file, says }));
  for (const { what, file, says } of [...CASES, ...hostile]) {
    await test.step(what, async () => {
      await drop(page, [file]);
      await expect(notices(page)).toHaveText([says]);
      await expect(notices(page)).toHaveAttribute('data-tone', 'error');
      const sentence = (await notices(page).locator('p').innerText()).trim();
      expect(sentence.length, sentence).toBeLessThanOrEqual(600);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what steers a screen
      expect(sentence).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
      await expect(sourceDrop(page)).toContainText(SCAN.name);
      await expect(page.getByRole('combobox', { name: 'Model', exact: true })).toHaveValue(model);
      await expect(translateButton(page)).toBeEnabled();
      await notices(page).getByRole('button', { name: 'Dismiss' }).click();
      await expect(notices(page)).toHaveCount(0);
    });
  }
  await translate(page);
  await expect(notices(page)).toHaveCount(0);

  await test.step('as reference', async () => {
    await drop(page, [of('short_FLAIR.nii', SCAN.buffer.subarray(0, 5000))], '[data-drop="reference"]');
    await expect(notices(page)).toHaveText([/^short_FLAIR\.nii: .*cut short/]);
    await expect(page.getByTestId('pane-reference')).toHaveCount(0);
    await expect(page.getByTestId('pane-synthetic').locator('canvas')).toBeVisible();
  });
});
