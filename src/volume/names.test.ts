import { describe, expect, it } from 'vitest';
import { contrastOfName, isDerived, isLabelPath, isOfContrast, readName, stemWithoutContrast } from './names';

describe('readName', () => {
  it('reads the entities of a BIDS name and the data set of its folders', () => {
    expect(readName('data/site1/sub-01/ses-2/anat/sub-01_ses-2_acq-sag_run-1_T1w.nii.gz')).toEqual({
      stem: 'sub-01_ses-2_acq-sag_run-1_T1w',
      folders: ['data', 'site1', 'sub-01', 'ses-2', 'anat'],
      rest: '',
      dataset: 'data/site1',
      entities: { sub: '01', ses: '2', acq: 'sag', run: '1' },
      subject: 'sub-01',
      suffix: 'T1w',
      contrast: 'T1w',
      enhanced: false,
      isLabel: false,
      isMap: false,
    });
  });

  it.each([
    ['sub-01/anat/sub-01_T1w.nii', ''],
    ['ds/derivatives/prep/sub-01/sub-01_T1w.nii', 'ds'],
    ['A/sub-01_T1w.nii', null],
    ['/w/sub-study/site1/sub-01/anat/sub-01_T1w.nii', '/w/sub-study/site1'],
    ['/w/derivatives/site1/sub-01/sub-01_T1w.nii', '/w'],
    ['sub-01_T1w.nii', null],
  ])('the data set of %s is %s', (path, dataset) => {
    expect(readName(path).dataset).toBe(dataset);
  });

  it.each([
    ['BraTS_01/BraTS_01_t1ce.nii.gz', 'BraTS_01'],
    ['IXI002-Guys-0828-T1.nii.gz', 'IXI002-Guys-0828'],
    ['t1_case7.nii', 'case7'],
    ['case_t1_7.nii', 'case_7'],
    ['0042/T1.nii', '0042'],
    ['0042/anat/T1.nii', '0042'],
    ['T1.nii', 'T1'],
    ['d/sub-02/ses-1/anat/T1w.nii', 'sub-02'],
    ['MS01_T2_FLAIR.nii', 'MS01_T2'],
    ['PD_001_T1w.nii', 'PD_001'],
    ['Sub-02/Sub-02_T1w.nii', 'sub-02'],
    ['GD_01_T1.nii', 'GD_01'],
    ['a_t1_ce.nii', 'a'],
    ['patient (1).nii', 'patient (1)'],
    ['BraTS-GLI-00000-000-t1n.nii.gz', 'BraTS-GLI-00000-000'],
    ['phantom-01_T1w', 'phantom-01'],
    ['sub-01_T1_ce.nii', 'sub-01'],
    ['a b.nii.gz', 'a b'],
  ])('the subject of %s is %s', (path, subject) => {
    expect(readName(path).subject).toBe(subject);
  });
});

describe('contrasts', () => {
  it.each([
    // The suffix decides, whatever else the name holds.
    ['sub-01_acq-T1FLAIR_T1w.nii.gz', 'T1w'],
    ['sub-FLAIR01_T1w.nii.gz', 'T1w'],
    ['sub-01_T1W.nii', 'T1w'],
    ['sub-T1x_scan.nii', null],
    ['sub-01_space-T1w_desc-brain_mask.nii.gz', null],
    ['sub-01_space-T1w_dseg.nii.gz', null],
    ['sub-01_T1w (1).nii.gz', 'T1w'],
    ['sub-01_ct.nii.gz', 'CT'],
    // What stands behind it makes another image of it.
    ['sub-01_T1w_brain.nii.gz', null],
    ['sub-01_T1w_lesion.nii.gz', null],
    ['sub-01_ses-2011-05-03_T1w.nii.gz', 'T1w'],
    // Without one, words do.
    ['t1.nii', 'T1w'],
    ['BraTS_01_t1ce.nii.gz', 'T1w'],
    ['BraTS_01_t2.nii.gz', 'T2w'],
    ['BraTS_01_seg.nii.gz', null],
    ['UPPER_T1W.NII.GZ', 'T1w'],
    ['3D_t2_FLAIR_sag.nii', 'FLAIR'],
    ['head_3dflair.nii', 'FLAIR'],
    ['brain.hdr', null],
    ['ch2.nii.gz', null],
    ['PD_001_T1w.nii', 'T1w'],
    ['x-t2f.nii.gz', 'FLAIR'],
    ['a_T1w_mask_1mm.nii', null],
    ['001_t1_lesion.nii', null],
    ['flair_t1_reg.nii', null],
    // Two are none.
    ['flair_to_t1.nii', null],
  ])('%s says %s', (name, contrast) => {
    expect(contrastOfName(name)).toBe(contrast);
  });

  it.each([
    ['sub-01_ce-gadolinium_T1w.nii.gz', true],
    ['sub-01_T1_ce.nii.gz', true],
    ['BraTS_01_t1ce.nii.gz', true],
    ['sub-01_acq-ce_T1w.nii.gz', false],
    ['sub-01_ce-none_T1w.nii.gz', false],
    ['CE_001_T1w.nii', false],
    ['001_gd_T1w.nii', true],
    ['sub-01_T1w.nii.gz', false],
    // Words beside the contrast, on either side, and signs.
    ['P01_T1 post.nii', true],
    ['P01_T1_GADO.nii', true],
    ['P01_gado_T1.nii', true],
    ['P01_T1+C.nii', true],
    ['P01_T1w_c+.nii', true],
    ['P01_T1c+.nii', true],
    ['P01_C+T1.nii', true],
    ['P01_T1_contrast.nii', true],
    ['P01_contrast_T1.nii', true],
    ['post_T1.nii', true],
    ['P01_T1_postgad.nii', true],
    ['P01_T1_post_contrast.nii', true],
    ['P01_T1_with_contrast.nii', true],
    ['P01_T1Gado.nii', true],
    ['P01_T1_post_01.nii', true],
    ['CT_contrast.nii', true],
    ['sub-01_T1w_post.nii.gz', true],
    ['sub-01_post_T1w.nii.gz', true],
    ['sub-01_T1+C.nii.gz', true],
    ['Sub-01_T1w_gado.nii.gz', true],
    // Without one, by word.
    ['pre_T1.nii', false],
    ['P01_T1_pre.nii', false],
    ['P01_T1_precontrast.nii', false],
    ['P01_T1_pre_contrast.nii', false],
    ['P01_no_contrast_T1.nii', false],
    ['P01_T1_noncontrast.nii', false],
    ['P01_T1_non-contrast.nii', false],
    ['P01_T1_without_gad.nii', false],
    ['P01_unenhanced_T1.nii', false],
    ['sub-01_T1w_pre.nii.gz', false],
    // A visit, a site, a study, another word.
    ['t1_postop.nii', false],
    ['P01_T1_post_op.nii', false],
    ['post_op_T1.nii', false],
    ['P01_post-surgery_T1.nii', false],
    ['post_01_T1.nii', false],
    ['GADO_01_T1.nii', false],
    ['contraststudy_T1.nii', false],
    ['P01+C_01_T1.nii', false],
  ])('%s is with a contrast agent: %s', (name, enhanced) => {
    expect(readName(name).enhanced).toBe(enhanced);
  });

  it.each([
    ['P01_T1_pre.nii', 'P01', 'T1w'],
    ['P01_T1_post_contrast.nii', 'P01', 'T1w'],
    ['P01_T1+C.nii', 'P01', 'T1w'],
    ['P01_T1_post_op.nii', 'P01_post_op', 'T1w'],
    ['P01_no_1_T1.nii', 'P01_no_1', 'T1w'],
    ['sub-01_T1w_gado.nii', 'sub-01', 'T1w'],
    // The contrast that an agent stands behind ends the name.
    ['flair_t1_ce.nii', 'flair', 'T1w'],
    ['P01_desc-synth_FLAIR.nii.gz', 'P01', 'FLAIR'],
  ])('what is said of an agent tells not whose %s is: %s, %s', (name, subject, contrast) => {
    expect(readName(name)).toMatchObject({ subject, contrast });
  });

  it.each([
    // Directly before the contrast, behind it, and sure ones anywhere.
    ['P01_mask_T1.nii', true],
    ['P01_lesion_FLAIR.nii', true],
    ['mask_T1w.nii', true],
    ['seg_T1.nii', true],
    ['lesion_T1.nii', true],
    ['P01_roi_T1_ce.nii', true],
    ['P01_roi_post_T1.nii', true],
    ['mask_P01_T1.nii', true],
    ['brainmask_P01.nii', true],
    ['P01_T1_lesion.nii', true],
    ['P01_mask_final.nii', true],
    ['sub-01_lesion_FLAIR.nii', true],
    // Names of studies, groups and patients, and what says the opposite.
    ['lesion_P01_T1.nii', false],
    ['lesionstudy_P01_T1.nii', false],
    ['lesion-study_P01_T1.nii', false],
    ['WMH_001_FLAIR.nii', false],
    ['ROI_01_T1.nii', false],
    ['label_01.nii', false],
    ['P01_T1_masked.nii', false],
    ['P01_T1_no_mask.nii', false],
    ['P01_unmasked_T1.nii', false],
    ['P01_nomask_T1.nii', false],
    // Folders that hold nothing else; others may be anything.
    ['labelsTr/BRATS_001.nii.gz', true],
    ['P01/masks/T1.nii', true],
    ['segmentations/P01.nii', true],
    ['lesions/P01_T1.nii', false],
    ['label-study/P01_T1.nii', false],
    ['imagesTr/BRATS_001_0000.nii.gz', false],
  ])('%s is a mask or another map: %s', (path, is) => {
    expect(isLabelPath(path)).toBe(is);
  });

  it.each([
    ...'gt truth groundtruth jacobian warp biasfield bias uncertainty prob pred prediction fake synth synthetic'
      .split(' ')
      .flatMap((word) => [
        [`P01_T1_${word}.nii`, true] as const,
        [`P01_${word}_T1.nii`, true] as const,
        [`${word}_P01_T1.nii`, false] as const,
      ]),
    ...'ph phase real e2 tumor gtv contour manual map field atlas template consensus diff edge snr noise'
      .split(' ')
      .flatMap((word) => [
        [`P01_T1_${word}.nii`, true] as const,
        [`P01_${word}_T1.nii`, false] as const,
        [`${word}_P01_T1.nii`, false] as const,
      ]),
    ['P01_T1_imag.nii', true],
    ['P01_T1_brain_pred.nii', true],
    ['P01_T1_ce_pred.nii', true],
    ['P01_gt.nii', true],
    ['sub-01_synth_T1w.nii', true],
    ['P01_T1_bias_corrected.nii', false],
    ['P01_T1_high_field.nii', false],
    ['P01_CT_arterial_phase.nii', false],
    ['brain_tumor_T1.nii', false],
    ['fakedata_T1.nii', false],
    ['real.nii', false],
    ['gt.nii', false],
    ['P01_desc-synth_T1w.nii', false],
    ['sub-01_T1w.nii', false],
  ] as const)('%s is computed from images, or a part of the signal: %s', (path, is) => {
    expect(readName(path).isMap).toBe(is);
    if (is) expect(contrastOfName(path)).toBeNull();
  });

  it.each([
    ['s1_t1_run2.nii', 's1', '2', 'T1w'],
    ['s1_run-2_t1.nii', 's1', '2', 'T1w'],
    ['s1_t1_run_2.nii', 's1', '2', 'T1w'],
    ['s1_rerun_t1.nii', 's1_rerun', undefined, 'T1w'],
    ['run_t1.nii', 'run', undefined, 'T1w'],
  ])('the subject, run and contrast of %s are %s, %s, %s', (path, subject, run, contrast) => {
    expect(readName(path)).toMatchObject({ subject, contrast });
    expect(readName(path).entities.run).toBe(run);
  });

  it.each([
    ['sub-01/anat/sub-01_T1w.nii.gz', 'T1w', true],
    ['T1w/sub-01_FLAIR.nii', 'T1w', false],
    ['sub-01_PDw.nii', 'PDw', true],
    ['sub-01_UNIT1.nii', 'UNIT1', true],
    ['head_MTR.nii', 'mtr', true],
    ['sub-01_seg.nii.gz', 'CT', false],
    ['sub-01_mask.nii.gz', 'mask', false],
  ])('%s is of %s: %s', (path, contrast, is) => {
    expect(isOfContrast(path, contrast)).toBe(is);
  });
});

it.each([
  ['derivatives/x/sub-01/a_T1w.nii', true],
  ['sourcedata/a.nii', true],
  ['d/Derivatives/a.nii', true],
  ['fmriprep/sub-01/a.nii', true],
  ['sub-01/anat/a.nii', false],
  ['derivatives.nii', false],
])('%s is derived: %s', (path, is) => {
  expect(isDerived(path)).toBe(is);
});

it.each([
  ['sub-01_UNIT1.nii.gz', 'sub-01'],
  ['sub-01_T1w (1).nii.gz', 'sub-01'],
  ['old_PDw.img.gz', 'old'],
  ['ch2.nii.gz', 'ch2'],
  ['t1.nii', 't1'],
])('%s without its contrast is %s', (path, stem) => {
  expect(stemWithoutContrast(path)).toBe(stem);
});
