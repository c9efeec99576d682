import { describe, expect, it } from 'vitest';
import { dropped } from '../../../../../test/fakeTrainClient';
import { isOfContrast, ofContrast, volumesOf, weightsOf } from './volumeFiles';

describe('volumesOf', () => {
  it('orders by path, numbers by value, and leaves out what is no scan', () => {
    const files = dropped('s/sub-10/a.nii.gz', 's/sub-9/a.nii', 's/sub-9/a.json', 'participants.tsv');
    expect(volumesOf(files).map(({ path }) => path)).toEqual(['s/sub-9/a.nii', 's/sub-10/a.nii.gz']);
  });

  it('keeps a .hdr with the .img of its own folder', () => {
    const volumes = volumesOf(dropped('1/t1.img', '2/t1.img', '1/t1.hdr', '2/t1.hdr'));
    expect(volumes.map(({ files }) => files.map(({ name }) => name))).toEqual([
      ['t1.img', 't1.hdr'],
      ['t1.img', 't1.hdr'],
    ]);
  });
});

describe('contrasts', () => {
  it.each([
    ['sub-01/anat/sub-01_T1w.nii.gz', 'T1w', true],
    ['T1w/sub-01_FLAIR.nii', 'T1w', false],
    ['sub-01_PDw.nii', 'PDw', true],
    ['sub-01_ct.nii.gz', 'CT', true],
    ['sub-01_seg.nii.gz', 'CT', false],
  ])('%s is of %s: %s', (path, contrast, is) => {
    expect(isOfContrast(path, contrast)).toBe(is);
  });

  it('takes those that are named so, or all where none is', () => {
    const volumes = volumesOf(dropped('1_T1w.nii', '1_FLAIR.nii'));
    expect(ofContrast(volumes, 'FLAIR').map(({ path }) => path)).toEqual(['1_FLAIR.nii']);
    expect(ofContrast(volumes, 'CT')).toHaveLength(2);
  });
});

it('weightsOf finds weights among other files', () => {
  expect(weightsOf(dropped('a.nii', 'm.safetensors', 'card.json')).map(({ name }) => name)).toEqual([
    'm.safetensors',
  ]);
});
