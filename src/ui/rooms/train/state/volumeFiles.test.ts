import { describe, expect, it } from 'vitest';
import { dropped } from '../../../../../test/fakeTrainClient';
import { byContrast, ofContrast, volumesOf, weightsOf } from './volumeFiles';

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
  it('takes those that are named so, or all where none is', () => {
    const volumes = volumesOf(dropped('1_T1w.nii', '1_FLAIR.nii'));
    expect(ofContrast(volumes, 'FLAIR').map(({ path }) => path)).toEqual(['1_FLAIR.nii']);
    expect(ofContrast(volumes, 'CT')).toHaveLength(2);
    const brats = volumesOf(
      dropped('b/b_t1.nii', 'b/b_t1ce.nii', 'b/b_seg.nii', 'b/b_flair.nii', 'b/._b_t1.nii'),
    );
    expect(ofContrast(brats, 'T1w').map(({ path }) => path)).toEqual(['b/b_t1.nii']);
    expect(ofContrast(brats, 'CT')).toHaveLength(3);
  });

  it('sorts a folder: both contrasts, not masks, not scans with an agent beside others', () => {
    const of = (parts: { path: string }[]) => parts.map(({ path }) => path);
    const { wanted, unknown, labels, enhanced } = byContrast(
      volumesOf(dropped('1_T1w.nii', '1_FLAIR.nii', '1_t1ce.nii', '1_mask.nii', '1_T2w.nii')),
      { a: 'T1w', b: 'FLAIR' },
    );
    expect(wanted.map(({ side, parts }) => `${side} ${parts.path}`)).toEqual([
      'b 1_FLAIR.nii',
      'a 1_T1w.nii',
    ]);
    expect(of(unknown)).toEqual(['1_T2w.nii']);
    expect(of(labels)).toEqual(['1_mask.nii']);
    expect(of(enhanced)).toEqual(['1_t1ce.nii']);
  });
});

it('weightsOf finds weights among other files', () => {
  expect(weightsOf(dropped('a.nii', 'm.safetensors', 'card.json')).map(({ name }) => name)).toEqual([
    'm.safetensors',
  ]);
});
