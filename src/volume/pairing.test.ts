import { describe, expect, it } from 'vitest';
import { aloneTexts, pairScans } from './pairing';

const pairing = (a: string[], b: string[]) => {
  const { pairs, alone } = pairScans(a, b, (path) => path);
  return { pairs: pairs.map((pair) => [pair.a, pair.b]), alone };
};

describe('pairScans', () => {
  it('pairs subject by subject and session by session, in order', () => {
    const a = ['sub-2_T1w', 'sub-1_ses-1_T1w', 'sub-1_ses-2_T1w', 'sub-4_T1w', 'sub-5_ses-1_T1w'];
    const b = ['sub-1_ses-2_FLAIR', 'sub-2_acq-3d_FLAIR', 'sub-3_FLAIR', 'sub-1_ses-3_FLAIR', 'sub-5_FLAIR'];
    const { pairs, alone } = pairing(a, b);
    expect(pairs).toEqual([
      ['sub-2_T1w', 'sub-2_acq-3d_FLAIR'],
      ['sub-1_ses-2_T1w', 'sub-1_ses-2_FLAIR'],
    ]);
    expect(alone).toHaveLength(6);
    expect(alone.every(({ why }) => why === 'none')).toBe(true);
  });

  it('pairs repetitions with their own, and names the one without', () => {
    expect(pairing(['sub-01_run-1_T1w', 'sub-01_run-2_T1w'], ['sub-01_run-02_FLAIR'])).toEqual({
      pairs: [['sub-01_run-2_T1w', 'sub-01_run-02_FLAIR']],
      alone: [{ scan: 'sub-01_run-1_T1w', why: 'none' }],
    });
  });

  it('takes none of several that fit alike', () => {
    const { pairs, alone } = pairing(
      ['sub-1_run-1_T1w', 'sub-1_run-2_T1w', 'sub-2_T1w'],
      ['sub-1_FLAIR', 'sub-2_FLAIR'],
    );
    expect(pairs).toEqual([['sub-2_T1w', 'sub-2_FLAIR']]);
    expect(alone).toEqual([
      { scan: 'sub-1_run-1_T1w', why: 'several' },
      { scan: 'sub-1_run-2_T1w', why: 'several' },
      { scan: 'sub-1_FLAIR', why: 'several' },
    ]);
  });

  it('takes the closest: the plain scan before the one with a contrast agent', () => {
    const { pairs } = pairing(['sub-1_ce-gd_T1w', 'sub-1_T1w'], ['sub-1_FLAIR']);
    expect(pairs).toEqual([['sub-1_T1w', 'sub-1_FLAIR']]);
  });

  it('keeps data sets apart, but takes files without one from anywhere', () => {
    const [one, two] = ['site1/sub-01/anat/sub-01_T1w.nii', 'site2/sub-01/anat/sub-01_T1w.nii'];
    const flair = 'site2/sub-01/anat/sub-01_FLAIR.nii';
    expect(pairing([one, two], [flair])).toEqual({
      pairs: [[two, flair]],
      alone: [{ scan: one, why: 'none' }],
    });
    expect(pairing([one], [flair]).pairs).toEqual([]);
    expect(pairing(['A/sub-01_T1w.nii'], ['B/sub-01_FLAIR.nii']).pairs).toHaveLength(1);
    expect(
      pairing(['site2/sub-01/sub-01_T1w.nii'], ['site2/derivatives/x/sub-01/sub-01_FLAIR.nii']).pairs,
    ).toHaveLength(1);
  });

  it('never pairs by position', () => {
    const a = ['A/sub-01_T1w.nii', 'A/sub-02_T1w.nii', 'A/sub-03_T1w.nii'];
    const b = ['B/sub-02_FLAIR.nii', 'B/sub-03_FLAIR.nii', 'B/sub-04_FLAIR.nii'];
    expect(pairing(a, b)).toEqual({
      pairs: [
        [a[1], b[0]],
        [a[2], b[1]],
      ],
      alone: [
        { scan: a[0], why: 'none' },
        { scan: b[2], why: 'none' },
      ],
    });
  });

  it('pairs other names by what is left without the contrast', () => {
    const { pairs } = pairing(
      ['BraTS_01/BraTS_01_t1.nii.gz', 'IXI002-Guys-0828-T1.nii.gz', '0042/T1.nii'],
      ['0042/FLAIR.nii', 'BraTS_01/BraTS_01_flair.nii.gz', 'IXI002-Guys-0828-T2.nii.gz'],
    );
    expect(pairs).toHaveLength(3);
  });
});

it('says who is left out and why', () => {
  const alone = ['a', 'b', 'c', 'd', 'e', 'f'].map((scan) => ({ scan, why: 'none' as const }));
  expect(aloneTexts([...alone, { scan: 'g', why: 'several' }])).toEqual([
    'a, b, c, d, 2 more: no partner of the same data set, subject and session; left out',
    'g: more than one scan fits as partner; left out, give one scan of each contrast a visit',
  ]);
  expect(aloneTexts([])).toEqual([]);
});
