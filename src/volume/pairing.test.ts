import { describe, expect, it } from 'vitest';
import { cpuTime } from '../../test/cpuTime';
import { aloneTexts, pairScans, samePerson, subjectsInBoth } from './pairing';

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

  it.each([
    ['sub-01_ses-2011-05-03_T1w', 'sub-01_ses-2012-05-03_FLAIR'],
    ['sub-01_v1_T1w', 'sub-01_v2_FLAIR'],
    ['sub-01_run1_T1w', 'sub-01_run2_FLAIR'],
    ['sub-01_visit-1_T1w', 'sub-01_visit-2_FLAIR'],
    ['sub-01_visit-1_T1w', 'sub-01_FLAIR'],
    ['sub-01_ses-pré_T1w', 'sub-01_ses-après_FLAIR'],
    ['d/sub-01/ses-1/anat/sub-01_T1w', 'd/sub-01/ses-2/anat/sub-01_FLAIR'],
    ['d/sub-01/anat/T1w', 'd/sub-02/anat/FLAIR'],
    ['MS01_T1_T1w', 'MS01_T2_FLAIR'],
    ['PD_001_T1w', 'CT_001_FLAIR'],
    ['CE_001_T1', 'GD_001_FLAIR'],
    ['vis/p1/visit1/T1', 'vis/p2/visit1/FLAIR'],
    ['100206/T1w_acpc_dc_restore', '100307/T2w_acpc_dc_restore'],
    ['w/sub-study/site1/sub-01/anat/sub-01_T1w', 'w/sub-study/site2/sub-01/anat/sub-01_FLAIR'],
    ['T1/patient (1)', 'FLAIR/patient (2)'],
    ['d/CE_001_T1', 'd/GD_001_FLAIR'],
    ['d/3_T1', 'd/7_FLAIR'],
  ])('does not take %s and %s for one', (a, b) => {
    expect(pairing([a], [b]).pairs).toEqual([]);
  });

  it.each([
    [
      ['100206/T1w_acpc', '100307/T1w_acpc'],
      ['100206/T2w_acpc', '100307/T2w_acpc'],
    ],
    [
      ['1PA001/mr', '1PA002/mr'],
      ['1PA001/ct', '1PA002/ct'],
    ],
    [
      ['w/sub-a/anat/T1', 'w/sub-b/anat/T1'],
      ['w/sub-a/anat/FLAIR', 'w/sub-b/anat/FLAIR'],
    ],
    [
      ['OAS30001_MR_d0129_T1w', 'OAS30001_MR_d0200_T1w'],
      ['OAS30001_MR_d0129_FLAIR', 'OAS30001_MR_d0200_FLAIR'],
    ],
    [
      ['p1/v1/T1', 'p1/v2/T1'],
      ['p1/v1/FLAIR', 'p1/v2/FLAIR'],
    ],
    [
      ['x/case1_T1', 'x/case2_T1'],
      ['y/case1_FLAIR', 'y/case2_FLAIR'],
    ],
    [
      ['BraTS-1-t1n', 'BraTS-2-t1n'],
      ['BraTS-1-t2f', 'BraTS-2-t2f'],
    ],
    // A number of a series is nobody's.
    [
      ['0042/s3_T1', '0043/s7_T1'],
      ['0042/s7_FLAIR', '0043/s3_FLAIR'],
    ],
    [
      ['0042/3_T1', '0043/7_T1'],
      ['0042/7_FLAIR', '0043/9_FLAIR'],
    ],
    [
      ['x/1_T1', 'x/2_T1'],
      ['y/1_FLAIR', 'y/2_FLAIR'],
    ],
    [
      ['d/t1/P01', 'd/t1/P02'],
      ['d/flair/P01', 'd/flair/P02'],
    ],
    [
      ['A/sub-01_T1w', 'A/sub-02_T1w'],
      ['B/sub-01_FLAIR', 'B/sub-02_FLAIR'],
    ],
    [
      ['A/sub-01_T1w', 'ds/sub-02/anat/sub-02_T1w'],
      ['ds/sub-01/anat/sub-01_FLAIR', 'B/sub-02_FLAIR'],
    ],
  ])('finds the pairs of %s', (a, b) => {
    expect(pairing(a, b).pairs).toEqual(a.map((scan, n) => [scan, b[n]]));
  });

  it.each([
    ['0044/5_T1', '0043/3_T1', '0042/3_FLAIR', '0045/5_FLAIR'],
    ['site1/case1/case1_t1', 'site1/case2/case2_t1', 'site1/case2/case2_flair', 'site2/case1/case1_flair'],
    ['site1/case1_t1', 'site1/case2_t1', 'site1/case2_flair', 'site2/case1_flair'],
    ['site1/sub-01_T1w', 'site1/sub-02_T1w', 'site1/sub-02_FLAIR', 'site2/sub-01_FLAIR'],
  ])('takes none across the folders of persons or data sets: %s, %s, %s, %s', (one, two, first, second) => {
    const { pairs, alone } = pairing([one, two], [first, second]);
    expect(pairs.flat()).not.toContain(one);
    expect(alone).toContainEqual({ scan: one, why: 'none' });
    expect(alone).toContainEqual({ scan: second, why: 'none' });
  });

  it.each([
    ['subjects', (n: number, contrast: string) => `sub-${n}_ses-1_${contrast}`],
    ['visits', (n: number, contrast: string) => `d/sub-1/ses-${n}/anat/sub-1_ses-${n}_${contrast}`],
    ['runs', (n: number, contrast: string) => `d/sub-1/anat/sub-1_run-${n}_${contrast}`],
    ['names', (n: number, contrast: string) => `d/case${n}_${contrast}`],
  ])('takes thousands of scans in a moment, of as many %s', (_, nameOf) => {
    const list = (contrast: string) => Array.from({ length: 5000 }, (_, n) => nameOf(n, contrast));
    const spent = cpuTime();
    expect(pairing(list('T1w'), list('FLAIR')).pairs).toHaveLength(5000);
    expect(spent()).toBeLessThan(2000);
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
    'a, b, c, d, 2 more: no scan of the other contrast is named as of the same subject and visit; left out',
    'g: more than one scan of the other contrast fits by name; left out, give one of each contrast a visit',
  ]);
  expect(aloneTexts([])).toEqual([]);
});

it('finds who is among both', () => {
  const train = [
    'd/sub-01/anat/sub-01_T1w',
    'd/sub-02/ses-1/anat/sub-02_ses-1_T1w',
    'x/case7_t1',
    'brain_t1',
  ];
  expect(
    subjectsInBoth(train, ['d/sub-02/ses-2/anat/sub-02_ses-2_FLAIR', 'y/case7_flair', 'brain_flair']),
  ).toEqual(['sub-02', 'case7']);
  expect(subjectsInBoth(train, ['e/sub-01/anat/sub-01_T1w'])).toEqual([]);
});

it.each([
  ['sub-1', 'sub-01', true],
  ['Sub-02', 'sub-02', true],
  ['sub-10', 'sub-1', false],
  ['P007_2', 'p7_2', true],
  ['sub-0', 'sub-00', true],
])('%s and %s are one person: %s', (one, other, is) => {
  expect(samePerson(one) === samePerson(other)).toBe(is);
  const [found] = subjectsInBoth([`${one}_T1w.nii`], [`${other}_T1w.nii`]);
  expect(found !== undefined).toBe(is);
});

it.each([
  ['tr/P01/T1.nii', 'va/P01/T1.nii', ['P01']],
  ['tr/P01/anat/mprage_T1.nii', 'va/p1/FLAIR.nii', ['P01, also written p1']],
  ['tr/P01/visit1/T1.nii', 'va/P01/visit2/T1.nii', ['P01']],
  ['tr/P01/T1.nii', 'va/P02/T1.nii', []],
  ['tr/P01/visit1/T1.nii', 'va/P02/visit1/T1.nii', []],
  ['tr/P01/2011-05-03/T1.nii', 'va/P02/2011-05-03/T1.nii', []],
  ['d/brain_T1.nii', 'd/head_T1.nii', []],
])('%s and %s are of one person by their folders: %j', (one, other, found) => {
  expect(subjectsInBoth([one], [other])).toEqual(found);
});
