import { describe, expect, it } from 'vitest';
import { planDrop, planReference } from './dropPlan';

const model = (source: string, target: string) => ({ source, target });
const SHIPPED = [model('T1w', 'FLAIR'), model('T1w', 'T2w'), model('FLAIR', 'T1w')];
const plan = (paths: readonly string[], models = SHIPPED) => planDrop(paths, (path) => path, models);

/** Every order of up to four, of more the two ends' */
function orders(paths: readonly string[]): string[][] {
  if (paths.length > 4) return [[...paths], [...paths].reverse()];
  if (paths.length < 2) return [[...paths]];
  return paths.flatMap((first, n) => orders(paths.toSpliced(n, 1)).map((rest) => [first, ...rest]));
}

const BRATS = ['t1', 't1ce', 't2', 'flair', 'seg'].map((one) => `BraTS_01/BraTS_01_${one}.nii.gz`);
const [T1, T1CE, T2, FLAIR, SEG] = BRATS;
const MASKS = ['sub-01_space-T1w_desc-brain_mask.nii.gz', 'sub-01_space-T1w_dseg.nii.gz'];

describe('evident, whatever the order', () => {
  it.each<[string, string[], string, string | null, RegExp[], typeof SHIPPED?]>([
    ['one scan', ['sub-01_T2w.nii.gz'], 'sub-01_T2w.nii.gz', null, []],
    ['a mask alone', ['sub-01_dseg.nii.gz'], 'sub-01_dseg.nii.gz', null, []],
    [
      'masks and a contrast agent',
      ['sub-01_T1_ce.nii.gz', 'sub-01_T1w.nii.gz', ...MASKS],
      'sub-01_T1w.nii.gz',
      null,
      [
        /^sub-01_T1_ce\.nii\.gz: taken with a contrast agent; left out/,
        /mask\.nii\.gz and 1 more: named as masks/,
      ],
    ],
    [
      'a result of this program beside its source',
      ['a_T1w.nii.gz', 'a_desc-synth_FLAIR.nii.gz'],
      'a_T1w.nii.gz',
      null,
      [/^a_desc-synth_FLAIR\.nii\.gz: named as made by this program/],
    ],
    [
      'a derivative',
      [
        'set/sub-01/anat/sub-01_T1w.nii.gz',
        'set/derivatives/x/sub-01/anat/sub-01_FLAIR.nii.gz',
        'sub-01_desc-preproc_T1w.nii.gz',
      ],
      'set/sub-01/anat/sub-01_T1w.nii.gz',
      null,
      [/and 1 more: named as derivatives/],
    ],
    [
      'derivatives alone',
      ['sub-01_desc-brain_T1w.nii.gz', 'sub-01_desc-brain_FLAIR.nii.gz'],
      'sub-01_desc-brain_T1w.nii.gz',
      'sub-01_desc-brain_FLAIR.nii.gz',
      [],
    ],
    ['a pair', ['a_FLAIR.nii', 'a_T1w.nii'], 'a_T1w.nii', 'a_FLAIR.nii', []],
    ['names that tell contrasts alone', ['FLAIR.nii', 'T1.nii'], 'T1.nii', 'FLAIR.nii', []],
    [
      'a pair and the model of the other direction',
      ['a_FLAIR.nii', 'a_T1w.nii'],
      'a_FLAIR.nii',
      'a_T1w.nii',
      [],
      [model('FLAIR', 'T1w'), model('T1w', 'FLAIR')],
    ],
    ['a pair of another model on the page', ['a_T2w.nii', 'a_T1w.nii'], 'a_T1w.nii', 'a_T2w.nii', []],
    ['the chosen model among many contrasts', BRATS, T1, FLAIR, [/^BraTS_01_t2/, /_t1ce/, /_seg/]],
    ['an agent in every scan of a contrast', ['a_t1ce.nii', 'a_flair.nii'], 'a_t1ce.nii', 'a_flair.nii', []],
    [
      'runs of which one has a partner',
      ['sub-01_run-1_T1w.nii.gz', 'sub-01_run-2_FLAIR.nii.gz', 'sub-01_run-2_T1w.nii.gz'],
      'sub-01_run-2_T1w.nii.gz',
      'sub-01_run-2_FLAIR.nii.gz',
      [/^sub-01_run-1_T1w\.nii\.gz: left out\.$/],
    ],
  ])('%s', (_, paths, source, reference, texts, models) => {
    for (const order of orders(paths)) {
      const found = plan(order, models);
      expect(found).toMatchObject({ isEvident: true, source, reference });
      expect(found.texts).toEqual(texts.map((text) => expect.stringMatching(text)));
      expect([...found.scans].sort()).toEqual([...paths].sort());
    }
  });
});

describe('asked, with a beginning', () => {
  const persons = (suffix: string, n: number) =>
    Array.from({ length: n }, (_, k) => `sub-0${k + 1}_${suffix}.nii.gz`);

  it.each<[string, string[], string, string | null, typeof SHIPPED?]>([
    ['two persons', persons('T1w', 2), 'sub-01_T1w.nii.gz', null],
    ['five persons', persons('T1w', 5), 'sub-01_T1w.nii.gz', null],
    ['a pair of two persons', ['sub-02_FLAIR.nii.gz', 'sub-01_T1w.nii.gz'], 'sub-01_T1w.nii.gz', null],
    ['two visits', ['sub-01_ses-1_T1w.nii', 'sub-01_ses-2_FLAIR.nii'], 'sub-01_ses-1_T1w.nii', null],
    [
      'pairs of several persons',
      [...persons('FLAIR', 2), 'sub-02_T1w.nii.gz'],
      'sub-02_T1w.nii.gz',
      'sub-02_FLAIR.nii.gz',
    ],
    ['two acquisitions', ['sub-01_acq-b_T1w.nii', 'sub-01_acq-a_T1w.nii'], 'sub-01_acq-a_T1w.nii', null],
    ['names that tell nothing', ['y.nii', 'x.nii'], 'x.nii', null],
    ['contrasts of no model', ['a_PDw.nii', 'a_T2w.nii'], 'a_PDw.nii', 'a_T2w.nii'],
    ['no models', ['a_T1w.nii', 'a_FLAIR.nii'], 'a_FLAIR.nii', 'a_T1w.nii', []],
    ['many contrasts and a chosen model of none', BRATS, T1, FLAIR, [model('PDw', 'T2w'), ...SHIPPED]],
    ['masks alone', MASKS, MASKS[0], null],
    ['two patients', [...BRATS, ...BRATS.map((path) => path.replaceAll('01', '02'))], T1, FLAIR],
  ])('%s', (_, paths, source, reference, models) => {
    for (const order of orders(paths)) {
      const found = plan(order, models);
      expect(found).toMatchObject({ isEvident: false, source, reference });
      expect([...found.scans].sort()).toEqual([...paths].sort());
    }
  });
});

it.each<[RegExp, string[], typeof SHIPPED?]>([
  [/^the only two of one person/, ['a_T1w.nii', 'a_FLAIR.nii', 'b_T1w.nii']],
  [/^the first two of one person/, ['a_T1w.nii', 'a_FLAIR.nii', 'b_T1w.nii', 'b_FLAIR.nii']],
  [/^the two contrasts of one person, which no model/, ['a_PDw.nii', 'a_T2w.nii']],
  [/^the first of T1w, which a model/, ['b_T1w.nii', 'a_T1w.nii']],
  [/^the first by name$/, ['y.nii', 'x.nii']],
])('says why the choice begins there: %s', (why, paths, models) => {
  for (const order of orders(paths)) expect(plan(order, models).why).toMatch(why);
});

describe('as reference', () => {
  it.each([
    ['the one of the target', BRATS, T1, 'FLAIR', FLAIR, true],
    ['without the mask', [SEG, T2], T1, 'FLAIR', T2, true],
    ['of the same person', ['a1_FLAIR.nii', 'a2_FLAIR.nii'], 'a2_T1w.nii', 'FLAIR', 'a2_FLAIR.nii', true],
    ['several', ['b1_FLAIR.nii', 'b2_FLAIR.nii'], 'a_T1w.nii', 'FLAIR', 'b1_FLAIR.nii', false],
    ['none of the target', [T2, T1CE], T1, 'FLAIR', T1CE, false],
    ['no model', [T2, FLAIR], T1, null, FLAIR, false],
  ])('%s', (_, paths, source, target, reference, isEvident) => {
    for (const order of orders(paths))
      expect(planReference(order, (path) => path, source, target)).toMatchObject({ isEvident, reference });
  });
});

it('makes no scan its own reference, of a model between scanners of one contrast', () => {
  const made = plan(['sub-01_T1w.nii', 'sub-01_dseg.nii'], [model('T1w', 'T1w')]);
  expect(made).toMatchObject({ source: 'sub-01_T1w.nii', reference: null });
});
