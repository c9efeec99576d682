import { describe, expect, it } from 'vitest';
import { fakeCard, fakeScan } from '../../../../../test/fakeClient';
import type { ScorePair } from '../../../../workers/translate/protocol';
import { initialData } from '../../../state/initialData';
import type { Recipe } from '../../../state/types';
import { recipeKey, recipeOf } from './recipe';
import {
  contrastWarning,
  huPerUnit,
  makesHu,
  meanScore,
  missingText,
  referenceEnds,
  referenceWarning,
  sourceEnds,
  translateBlock,
} from './selectors';

const score = (psnr: number) => ({ psnr, ssim: psnr / 100, mae: 1 / psnr });
const pair = (index: number, whole: number, foreground: number | null): ScorePair => {
  const slice = {
    ...{ index, missing: null },
    whole: score(whole),
    foreground: foreground === null ? null : score(foreground),
  };
  return { synthetic: slice, copy: { ...slice, whole: score(whole / 2) } };
};

describe('meanScore', () => {
  const scores = new Map([
    [1, pair(1, 20, 10)],
    [2, pair(2, 30, null)],
  ]);
  it('averages over the slices that have a score in the region', () => {
    expect(meanScore(scores, 'synthetic', 'whole')).toMatchObject({ psnr: 25, ssim: 0.25, n: 2 });
    expect(meanScore(scores, 'synthetic', 'foreground')).toMatchObject({ psnr: 10, n: 1 });
    expect(meanScore(scores, 'copy', 'whole')).toMatchObject({ psnr: 12.5 });
  });
  it('has no PSNR of identical slices, and leaves out those without a score, which it names', () => {
    const identical = pair(3, 40, 40);
    identical.synthetic.whole!.psnr = null;
    expect(meanScore(new Map([[3, identical]]), 'synthetic', 'whole')).toMatchObject({ psnr: null, n: 1 });
    const lost = pair(4, 40, null);
    Object.assign(lost.synthetic, {
      whole: null,
      missing: { image: 'reference', fault: 'not finite', pixels: 2 },
    });
    const all = new Map([...scores, [3, identical], [4, lost]] as const);
    expect(meanScore(all, 'synthetic', 'whole')).toMatchObject({ psnr: 25, n: 3 });
    expect(missingText(all)).toBe(
      '1 of 4 slices has no score: the reference NaN or infinite in 2 pixels (slice 4).',
    );
    expect(missingText(scores)).toBeNull();
  });
  it('is null without scores', () => {
    expect(meanScore(new Map(), 'synthetic', 'whole')).toBeNull();
  });
});

it('a recipe key differs whenever anything differs that decides the result', () => {
  const card = fakeCard('T1w', 'FLAIR');
  const settings = { seed: 0, samples: 1, noise: 'shared', preview: true } as const;
  const base = recipeOf(fakeScan('s', 'a.nii'), card, 'wasm', settings)!;
  const { model } = base;
  const others: Recipe[] = [
    { ...base, scanId: 't' },
    { ...base, cardId: 'd' },
    { ...base, backend: 'cpu' },
    { ...base, seed: 1 },
    { ...base, samples: 2 },
    { ...base, noise: 'independent' },
    { ...base, model: { ...model, source: 'T2w' } },
    { ...base, model: { ...model, target: 'T2w' } },
    { ...base, model: { ...model, preprocessing: { ...model.preprocessing, pixelSize: 2 } } },
    { ...base, model: { ...model, preprocessing: { ...model.preprocessing, size: 8 } } },
    {
      ...base,
      model: { ...model, preprocessing: { ...model.preprocessing, intensity: 'foreground-median' } },
    },
    { ...base, model: { ...model, diffusion: { ...model.diffusion, steps: 2 } } },
  ];
  expect(new Set([base, ...others].map(recipeKey)).size).toBe(13);
  expect(recipeKey({ ...base })).toBe(recipeKey(base));
});

it('lays panes between the values that the chosen model calls -1 and +1', () => {
  const scan = fakeScan('s', 'a.nii');
  const card = fakeCard('T1w', 'FLAIR');
  expect(sourceEnds(scan, card)).toMatchObject({ low: 0, high: 20 });
  expect(sourceEnds(scan, null)).toEqual({ low: 0, high: scan.range.high });
  expect(sourceEnds({ ...scan, range: { ...scan.range, high: 0 } }, null)).toEqual({ low: 0, high: 1 });
  expect([makesHu(card), huPerUnit(card)]).toEqual([false, null]);
  card.preprocessing.intensity = { source: 'foreground-median', target: 'hu' };
  expect([makesHu(card), huPerUnit(card)]).toEqual([true, 3072]);
  expect(sourceEnds(scan, card)).toMatchObject({ low: 0, high: 10 });
  expect(referenceEnds(scan, card)).toMatchObject({ low: -1024, high: 2048 });
});

it('warns where the name of the scan claims another contrast than the model takes', () => {
  const models = [fakeCard('T1w', 'FLAIR')];
  const base = { ...initialData, models, cardId: models[0].id };
  expect(contrastWarning({ ...base, source: fakeScan('s', 'sub-01_FLAIR.nii') })).toBe(
    "The scan's name says FLAIR, but this model takes T1w.",
  );
  expect(contrastWarning({ ...base, source: fakeScan('s', 'sub-01_T1w.nii') })).toBeNull();
  expect(contrastWarning({ ...base, source: fakeScan('s', 'brain.nii') })).toBeNull();
  expect(contrastWarning({ ...base, source: fakeScan('s', 'sub-01_dseg.nii') })).toBe(
    "The scan's name says that it is a mask or a segmentation, which no model takes.",
  );
  expect(contrastWarning({ ...base, source: fakeScan('s', 'a_desc-synth_T1w.nii') })).toMatch(/program made/);
  const unknown = { ...models[0], source: 'source' };
  expect(contrastWarning({ ...base, models: [unknown], source: fakeScan('s', 'T1w.nii') })).toBeNull();
});

it('warns of a reference whose name claims another contrast than the model makes', () => {
  const models = [fakeCard('T1w', 'FLAIR')];
  const base = { ...initialData, models, cardId: 'T1w-FLAIR' };
  const withReference = (name: string) => ({
    ...base,
    reference: { scan: fakeScan('r', name), resampled: false, overlap: 1, same: false },
  });
  expect(referenceWarning(base)).toBeNull();
  expect(referenceWarning(withReference('sub-01_T2w.nii'))).toBe(
    "The reference's name says T2w, but this model makes FLAIR: the scores mean little.",
  );
  expect(referenceWarning(withReference('sub-01_FLAIR.nii'))).toBeNull();
  expect(referenceWarning(withReference('brain.nii'))).toBeNull();
});

it('warns of a reference whose name tells of another person', () => {
  const source = fakeScan('s', 'sub-01_ses-1_T1w.nii');
  const withReference = (name: string) =>
    referenceWarning({
      ...initialData,
      source,
      reference: { scan: fakeScan('r', name), resampled: false, overlap: 1, same: false },
    });
  expect(withReference('sub-02_FLAIR.nii')).toBe(
    'The names tell of sub-01 and, as the reference, of sub-02: the scores mean nothing.',
  );
  const free = { ...initialData, source: fakeScan('s', 'case07_t1.nii') };
  const ofFree = (name: string, overlap = 1) =>
    referenceWarning({
      ...free,
      reference: { scan: fakeScan('r', name), resampled: true, overlap, same: false },
    });
  expect(ofFree('case08_flair.nii')).toMatch(/^The names tell of case07 and, as the reference, of case08:/);
  for (const same of ['case7_flair.nii', 'flair.nii', 'other_flair.nii']) expect(ofFree(same)).toBeNull();
  expect(ofFree('case7_seg.nii')).toMatch(/a mask or a segmentation: the scores mean nothing/);
  const twice = { scan: fakeScan('r', 'case7_flair.nii'), resampled: false, overlap: 1, same: true };
  expect(referenceWarning({ ...free, reference: twice })).toBe(
    'Source and reference must be two images, got the same in both: the scores mean nothing.',
  );
  expect(ofFree('case7_flair.nii', 0.126)).toBe(
    'The heads of source and reference overlap by 12 % only: another head, or not registered to it; the scores mean nothing.',
  );
  for (const same of ['sub-01_FLAIR.nii', 'sub-01_ses-2_FLAIR.nii', 'brain.nii'])
    expect(withReference(same)).toBeNull();
});

it('says what is missing before Translate can be pressed', () => {
  const ready = {
    ...initialData,
    engine: { phase: 'ready', requested: 'auto', info: null, startedOn: null, failure: null } as const,
  };
  expect(translateBlock(initialData)).toMatch(/starting/);
  expect(translateBlock(ready)).toMatch(/scan/);
  const withScan = { ...ready, source: fakeScan('s', 'a.nii') };
  expect(translateBlock(withScan)).toMatch(/model/);
  const card = fakeCard('T1w', 'FLAIR');
  expect(translateBlock({ ...withScan, models: [card], cardId: card.id })).toBeNull();
});
