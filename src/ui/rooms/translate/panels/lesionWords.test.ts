import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fakeCard } from '../../../../../test/fakeClient';
import { parseModelCard } from '../../../../engine/cards/modelCard';
import { lesionWords } from './lesionWords';

const card = fakeCard('T1w', 'FLAIR');
const withLesions = (...lesions: object[]) =>
  lesionWords({ ...card, metrics: { ...card.metrics, lesions } as typeof card.metrics });
const table = (shareKept: number | null, ...kept: (number | null)[]) => ({
  ...{ by: 'bright', kind: 'small bright lesions', split: 'test', shareKept },
  rows: kept.map((share) => ({ label: 'sub', kept: share })),
});
const outlined = (lesions: object) => ({ ...lesions, by: 'outline', kind: 'tumours' });
const UNKNOWN = 'In this synthetic FLAIR lesions may be missing or invented; how often was not measured.';

it('names both kinds of lesions of the shipped model, with how far the scans differ', () => {
  const path = new URL('../../../../../public/weights/t1w-to-flair/card.json', import.meta.url);
  const words = lesionWords(parseModelCard(JSON.parse(readFileSync(path, 'utf8'))));
  const figures = String.raw`−?\d+ % to −?\d+ % \(median −?\d+ %, [1-9]\d* scans\)`;
  expect(words).toMatch(
    new RegExp(
      `^Lesion contrast kept on test patients: tumours ${figures}; small bright lesions without outline ${figures}\\. Lesions may be missing or invented\\.$`,
    ),
  );
});

it('tells least, most and median of each kind, with a minus sign', () => {
  const tumours = outlined(table(0.514, 0.51, -0.12, null, 1.77));
  expect(withLesions(tumours, table(-0.039, -0.207, -0.039, 0.107))).toBe(
    'Lesion contrast kept on test patients: tumours −12 % to 177 % (median 51 %, 3 scans); small bright lesions without outline −21 % to 11 % (median −4 %, 3 scans). Lesions may be missing or invented.',
  );
});

it('tells a single scan, and nothing of a kind without shares', () => {
  expect(withLesions(outlined(table(null, null)), table(0.9, 0.9, null))).toBe(
    'Lesion contrast kept on test patients: small bright lesions without outline 90 % (1 scan). Lesions may be missing or invented.',
  );
});

it('says that nothing was measured', () => {
  expect(lesionWords(card)).toBe(UNKNOWN);
  expect(withLesions(table(null, null, null))).toBe(UNKNOWN);
});
