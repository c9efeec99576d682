import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fakeCard } from '../../../../test/fakeClient';
import { parseModelCard } from '../../../engine/weights/modelCard';
import { lesionWords } from './lesionWords';

const card = fakeCard('T1w', 'FLAIR');
const withLesions = (...lesions: object[]) =>
  lesionWords({ ...card, metrics: { ...card.metrics, lesions } as typeof card.metrics });
const table = (shareKept: number | null, ...kept: (number | null)[]) => ({
  ...{ rule: 'r', data: 'd', split: 'test', shareKept },
  rows: kept.map((share) => ({ label: 'sub', kept: share })),
});
const UNKNOWN = 'In this synthetic FLAIR lesions may be missing or invented; how often was not measured.';

it('says what was kept on how many patients, and how far they differ', () => {
  expect(withLesions(table(0.514, 0.51, -0.12, null, 1.77), table(0.9, 0.9))).toBe(
    "On 3 test patients this model kept 51 % of the lesions' contrast (median; −12 % to 177 %): lesions may be missing or invented here.",
  );
});

it('takes the first rule that found lesions', () => {
  expect(withLesions(table(null, null), table(0.9, 0.9))).toBe(
    "On 1 test patient this model kept 90 % of the lesions' contrast: lesions may be missing or invented here.",
  );
});

it('says that nothing was measured', () => {
  expect(lesionWords(card)).toBe(UNKNOWN);
  expect(withLesions(table(null, null, null))).toBe(UNKNOWN);
});

it('names the patients and the share of the shipped T1w to FLAIR model', () => {
  const path = new URL('../../../../public/weights/t1w-to-flair/card.json', import.meta.url);
  const shipped = parseModelCard(JSON.parse(readFileSync(path, 'utf8')));
  expect(lesionWords(shipped)).toMatch(
    /^On [1-9]\d* test patients this model kept −?\d+ % of the lesions' contrast \(median; −?\d+ % to −?\d+ %\)/,
  );
});
