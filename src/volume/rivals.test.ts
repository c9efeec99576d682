import { describe, expect, it } from 'vitest';
import { filterScans } from './entityFilter';
import { pairScans } from './pairing';
import { repeatsOf, rivalsOf, rivalsText } from './rivals';

const pathOf = (path: string) => path;
const rivals = (...scans: string[]) => rivalsOf(scans, pathOf, null);
const inPairs = (a: string[], b: string[]) => {
  const pairing = pairScans(a, b, pathOf);
  return [rivalsOf(a, pathOf, pairing), rivalsOf(b, pathOf, pairing)];
};

describe('images of one contrast and visit', () => {
  it.each([
    ['acq', ['highres', 'lowres'], 'sub-1_acq-highres_T1w', 'sub-1_acq-lowres_T1w'],
    ['acq', ['lowres', 'none'], 'sub-1_T1w', 'sub-1_acq-lowres_T1w'],
    ['rec', ['none', 'norm'], 'd/sub-1/anat/sub-1_T1w', 'd/sub-1/anat/sub-1_rec-norm_T1w'],
    ['echo', ['1', '2'], 'sub-1_echo-1_T1w', 'sub-1_echo-2_T1w'],
    ['part', ['mag', 'phase'], 'sub-1_part-mag_T1w', 'sub-1_part-phase_T1w'],
    ['ce', ['gd', 'none'], 'sub-1_ce-gd_T1w', 'sub-1_T1w'],
    ['ce', ['none', 'yes'], 'BraTS_01_t1', 'BraTS_01_t1ce'],
    ['space', ['MNI', 'none'], 'sub-1_space-MNI_desc-x_T1w', 'sub-1_desc-x_T1w'],
    ['acq', ['a', 'b'], 'sub-1_acq-a_run-1_T1w', 'sub-1_acq-b_run-2_T1w'],
  ])('are rivals that differ in %s: %s', (entity, values, ...scans) => {
    expect(rivals(...scans)).toEqual({
      subjects: [expect.stringMatching(/^(sub-1|BraTS_01)$/)],
      differ: [{ entity, values }],
    });
  });

  it.each([
    ['runs', 'sub-1_run-1_T1w', 'sub-1_run-2_T1w'],
    ['visits', 'sub-1_ses-1_acq-a_T1w', 'sub-1_ses-2_acq-b_T1w'],
    ['persons', 'sub-1_acq-a_T1w', 'sub-2_acq-b_T1w'],
    ['data sets', 'x/sub-1/anat/sub-1_acq-a_T1w', 'y/sub-1/anat/sub-1_acq-b_T1w'],
    ['names that are not of BIDS', '0042/T1.nii', '0043/T1.nii'],
  ])('are none where they are of several %s', (_, ...scans) => {
    expect(rivals(...scans)).toBeNull();
  });

  it('are none any more by a filter of the entity', () => {
    const scans = ['sub-1_acq-highres_T1w', 'sub-1_acq-lowres_T1w', 'sub-2_acq-highres_T1w'];
    expect(rivals(...filterScans(scans, { acq: ['highres'] }, pathOf).kept)).toBeNull();
  });
});

it('tells of repetitions, which are no rivals', () => {
  expect(repeatsOf(['sub-1_run-1_T1w', 'sub-1_run-2_T1w', 'sub-2_T1w'], pathOf)).toEqual({
    subjects: ['sub-1'],
    differ: [{ entity: 'run', values: ['1', '2'] }],
  });
  expect(repeatsOf(['s1_t1_run1', 's1_t1_run2', 's2_t1_run1'], pathOf)).toEqual({
    subjects: ['s1'],
    differ: [{ entity: 'run', values: ['1', '2'] }],
  });
});

describe('in pairs', () => {
  it('what pairs by all that names tell stays', () => {
    expect(inPairs(['sub-1_run-1_T1w', 'sub-1_run-2_T1w'], ['sub-1_run-2_FLAIR'])).toEqual([null, null]);
    expect(
      inPairs(['sub-1_acq-a_T1w', 'sub-1_acq-b_T1w'], ['sub-1_acq-a_FLAIR', 'sub-1_acq-b_FLAIR']),
    ).toEqual([null, null]);
    expect(inPairs(['sub-1_T1w', 'sub-1_acq-a_T1w'], ['sub-1_FLAIR'])).toEqual([null, null]);
  });

  it('several that fit alike are rivals, runs among them', () => {
    const differ = (entity: string, ...values: string[]) => ({
      subjects: ['sub-1'],
      differ: [{ entity, values }],
    });
    expect(inPairs(['sub-1_acq-a_T1w', 'sub-1_acq-b_T1w'], ['sub-1_FLAIR'])).toEqual([
      differ('acq', 'a', 'b'),
      null,
    ]);
    expect(inPairs(['sub-1_T1w'], ['sub-1_run-1_FLAIR', 'sub-1_run-2_FLAIR'])).toEqual([
      null,
      differ('run', '1', '2'),
    ]);
    expect(inPairs(['x/sub-1_T1w', 'y/sub-1_T1w'], ['sub-1_FLAIR'])).toEqual([
      { subjects: ['sub-1'], differ: [], alike: ['x/sub-1_T1w', 'y/sub-1_T1w'] },
      null,
    ]);
  });
});

it('says who, in what they differ, and how to choose', () => {
  const found = rivals('sub-1_acq-a_T1w', 'sub-1_acq-b_T1w', 'sub-2_acq-a_T1w', 'sub-2_acq-c_T1w')!;
  expect(rivalsText(found, 'T1w', (entity, value) => `choose by ${entity}=${value}`)).toBe(
    'sub-1 and 1 more: must have one T1w scan a visit, got several that differ in acq (a, b, c); choose by acq=a',
  );
});

it('says which of the same name are meant: of two data sets, and of those that differ in nothing', () => {
  const [first, other] = ['x', 'y'].map((set) => `${set}/sub-1/anat/sub-1`);
  const found = rivals(`${first}_T1w`, `${other}_acq-a_T1w`, `${other}_acq-b_T1w`)!;
  expect(found.subjects).toEqual(['y/sub-1']);
  const [alike] = inPairs(['x/sub-1_T1w', 'y/sub-1_T1w', 'sub-1_T1w', 'z/sub-1_T1w'], ['sub-1_FLAIR']);
  expect(rivalsText(alike!, 'T1w', () => '')).toBe(
    'sub-1: must have one T1w scan a visit, got several that are named alike (x/sub-1_T1w, y/sub-1_T1w, 2 more); leave out all but one',
  );
});
