/** Scans that no model was trained on: said beside the model before anything is translated, or refused. */

import { noise } from '../test/inputScans';
import { makeNifti } from '../test/makeNifti';
import { drop, expect, notices, openPage, openScan, sourceDrop, test, translateButton } from './helpers';
import { headScan, type TestFile } from './phantom';

function scanFile(name: string, voxels: Float32Array): TestFile {
  const { shape, zooms } = noise();
  const { file } = makeNifti({ dims: [...shape], values: voxels, pixdim: [1, ...zooms] });
  return { name, mimeType: 'application/octet-stream', buffer: Buffer.from(file) };
}

test('noise is told beside the model before it is translated, an empty volume is refused', async ({
  page,
}) => {
  await openPage(page);
  const { voxels } = noise();
  await openScan(page, scanFile('noise_T1w.nii', voxels));
  const warnings = page.getByLabel('Model', { exact: true }).getByTestId('input-warning');
  await expect(warnings).toHaveText([/as in noise.*check the file/]);
  await expect(translateButton(page)).toBeEnabled();

  await drop(page, [scanFile('empty_T1w.nii', new Float32Array(voxels.length))]);
  await expect(notices(page)).toHaveText([/^empty_T1w\.nii: must show a head, got 0 in every voxel; /]);
  await expect(sourceDrop(page)).toContainText('noise_T1w.nii');

  // Another scan takes the sentence away.
  await openScan(page, headScan('sub-01_T1w.nii'));
  await expect(warnings.filter({ hasText: 'noise' })).toHaveCount(0);
});
