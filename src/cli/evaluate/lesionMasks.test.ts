import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { outlinePath } from './lesionMasks';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-lesions-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('finds the outline of a scan in its data set, by subject and session', () => {
  const write = (path: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
    return join(folder, path);
  };
  const one = write('derivatives/lesions/sub-1/anat/sub-1_label-lesion_mask.nii.gz');
  const second = write('derivatives/lesions/sub-1/ses-2/anat/sub-1_ses-2_label-lesion_mask.nii.gz');
  expect(outlinePath(join(folder, 'sub-1/anat/sub-1_acq-sag_FLAIR.nii.gz'))).toBe(one);
  expect(outlinePath(join(folder, 'sub-1/ses-2/anat/sub-1_ses-2_FLAIR.nii'))).toBe(second);
  expect(outlinePath(join(folder, 'sub-1/ses-3/anat/sub-1_ses-3_FLAIR.nii'))).toBeNull();
  expect(outlinePath(join(folder, 'sub-2/anat/sub-2_FLAIR.nii'))).toBeNull();
  expect(outlinePath(join(folder, 'scan.nii'))).toBeNull();
});
