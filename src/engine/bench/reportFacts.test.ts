import { expect, it } from 'vitest';
import { fakeBench, fakeModel, fakePair } from '../../../test/fakeBench';
import { factLines, type ReportOrigin, reportFacts } from './reportFacts';

const ORIGIN: ReportOrigin = {
  data: ['sets/tumours'],
  split: 'test',
  limit: 2,
  choices: ['--filter acq=highres'],
  backend: 'wasm',
  version: '1.2.3',
  date: new Date('2026-03-04T05:06:07Z'),
};
const syndiff = fakeModel('SynDiff');
const pairs = [fakePair('sub-1a', 'sub-1'), fakePair('sub-1b', 'sub-1'), fakePair('sub-2')];
const bench = { ...fakeBench([syndiff], pairs, { slices: 48, seed: 3 }), device: 'wasm, a machine' };
const trained = (iterations: number) => ({ training: { ...syndiff.card.training, iterations } });

it('begins with all that one needs to cite and repeat it', () => {
  const [line, ...models] = factLines(reportFacts(bench, ORIGIN));
  expect(line).toBe(
    'Data sets/tumours, split test; at most 2 subjects of a data set (--limit 2); --filter acq=highres; T1w → FLAIR 3 pairs of 2 patients; --slices 48; seed 3; wasm, a machine; SynDiff Web 1.2.3; 2026-03-04.',
  );
  const { size, pixelSize } = syndiff.card.preprocessing;
  const { iterations } = syndiff.card.training;
  expect(models).toEqual([`SynDiff: ${size} x ${size} pixels of ${pixelSize} mm, ${iterations} iterations.`]);
});

it('says where models of other image sizes or trainings stand side by side', () => {
  const preprocessing = { ...syndiff.card.preprocessing, size: 256, pixelSize: 0.5 };
  const models = [
    fakeModel('SynDiff', trained(3)),
    fakeModel('mine', { ...trained(3), network: { method: 'cgan' } as never }),
    fakeModel('large', { ...trained(3), preprocessing }),
  ];
  const { size, pixelSize } = syndiff.card.preprocessing;
  expect(factLines(reportFacts({ ...bench, models }, ORIGIN)).slice(1)).toEqual([
    `SynDiff, mine (cGAN): ${size} x ${size} pixels of ${pixelSize} mm, 3 iterations.`,
    'large (SynDiff): 256 x 256 pixels of 0.5 mm, 3 iterations.',
    'Models of other image sizes or other lengths of training stand side by side: part of a difference is that.',
  ]);
});

it('has as data what the lines say, and every patient', () => {
  const unread = [{ id: 'a/card.json', name: 'a', why: 'no card' }];
  expect(reportFacts({ ...bench, unread }, ORIGIN)).toMatchObject({
    ...{
      data: ['sets/tumours'],
      split: 'test',
      limit: 2,
      version: '1.2.3',
      date: '2026-03-04T05:06:07.000Z',
    },
    options: { slices: 48, seed: 3 },
    pairs: [{ subject: 'sub-1a', patient: 'sub-1' }, { subject: 'sub-1b' }, { patient: 'sub-2' }],
    models: [{ name: 'SynDiff', method: 'syndiff', iterations: syndiff.card.training.iterations }],
    unread: [{ name: 'a', card: 'a/card.json', why: 'no card' }],
  });
});

it('names no data, split or slices where none is used', () => {
  const facts = reportFacts({ ...bench, pairs: [] }, { ...ORIGIN, data: [] });
  expect(facts.split).toBeNull();
  expect(factLines(facts)[0]).toBe('seed 3; wasm, a machine; SynDiff Web 1.2.3; 2026-03-04.');
});

it('says that it was a quick look, and what was measured before', () => {
  const options = { ...bench.options, samples: 20, quick: true };
  const origin = { ...ORIGIN, data: [], earlier: '2 of 3 parts measured by an earlier call' };
  expect(factLines(reportFacts({ ...bench, options, pairs: [] }, origin))[0]).toBe(
    '--quick; seed 3; wasm, a machine; SynDiff Web 1.2.3; 2026-03-04; 2 of 3 parts measured by an earlier call.',
  );
});
