import { expect, it } from 'vitest';
import { type MadeFrom, scoredNames } from './scoredNames';

const MADE: MadeFrom = { name: 'sub-01_T1w.nii.gz', source: 'T1w', target: 'FLAIR' };
const SYNTHETIC = 'sub-01_desc-synth_FLAIR.nii.gz';

it.each<[string, string, MadeFrom | undefined, string[]]>([
  [SYNTHETIC, 'sub-01_FLAIR.nii.gz', MADE, []],
  [SYNTHETIC, 'sub-1_acq-3d_flair.nii', undefined, []],
  ['made.nii', 'real.nii', undefined, []],
  ['made.nii', 'T2_flair_0042.nii', { target: 'FLAIR' }, []],
  [SYNTHETIC, 'sub-02_FLAIR.nii.gz', MADE, ['another person by its name (sub-02)']],
  ['made.nii.gz', 'x/sub-02/anat/FLAIR.nii.gz', MADE, ['another person by its name (sub-02)']],
  ['sub-01_ses-1_FLAIR.nii', 'sub-01_ses-2_FLAIR.nii', undefined, ['another visit by its name (ses-2)']],
  [
    SYNTHETIC,
    'sub-01_T1w.nii.gz',
    MADE,
    ['is T1w by its name, which the synthetic image was made from, and the synthetic image is FLAIR'],
  ],
  [SYNTHETIC, 'sub-01_T2w.nii.gz', undefined, ['is T2w by its name, and the synthetic image is FLAIR']],
  ['made.nii', 'sub-01_T2w.nii', { target: 't1' }, ['and the synthetic image is t1']],
  [SYNTHETIC, 'sub-01_dseg.nii.gz', MADE, ['is a mask or a label by its name']],
  [SYNTHETIC, 'sub-02_label-lesion_mask.nii.gz', MADE, ['another person', 'is a mask or a label']],
  [SYNTHETIC, 'sub-01_desc-synth_FLAIR.nii.gz', MADE, ['is made by this program']],
])('of %s against %s', (synthetic, reference, made, sentences) => {
  const texts = scoredNames(synthetic, reference, made);
  expect(texts).toEqual(
    sentences.map((sentence) => expect.stringMatching(`^${reference}: .*${sentence.replace(/[()]/g, '.')}`)),
  );
});
