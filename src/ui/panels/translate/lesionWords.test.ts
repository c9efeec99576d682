import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fakeCard } from '../../../../test/fakeClient';
import { parseModelCard } from '../../../engine/weights/modelCard';
import { lesionWords } from './lesionWords';

const card = fakeCard('T1w', 'FLAIR');
const withLesions = (...lesions: object[]) =>
  lesionWords({ ...card, metrics: { ...card.metrics, lesions } as typeof card.metrics });
const table = (shareKept: number | null, ...kept: (number | null)[]) => ({
  ...{ rule: 'By pieces', data: 'd', split: 'test', shareKept },
  rows: kept.map((share) => ({ label: 'sub', kept: share })),
});
const outlined = (...table: object[]) => Object.assign({}, ...table, { rule: "By an expert's outline." });
const UNKNOWN = 'In this synthetic FLAIR lesions may be missing or invented; how often was not measured.';

it('names both kinds of lesions of the shipped model, with how far the scans differ', () => {
  const file = new URL('../../../../public/weights/t1w-to-flair/card.json', import.meta.url);
  const { target, metrics } = JSON.parse(readFileSync(file, 'utf8')) as typeof card;
  const [tumours, bright] = metrics.lesions!;
  const median = (of: typeof tumours) => `${Math.round(100 * of.shareKept!)} %`.replace('-', '−');
  const words = lesionWords({ target, metrics });
  expect(words).toMatch(
    /^Lesion contrast kept on test patients: tumours \d+ % to \d+ % \(median .* Lesions may be missing or invented\.$/,
  );
  expect(words).toContain(`(median ${median(tumours)}, 5 scans); small bright lesions without outline −`);
  expect(words).toContain(`(median ${median(bright)}, 3 scans).`);
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

it('names the patients and the share of the shipped T1w to FLAIR model', () => {
  const path = new URL('../../../../public/weights/t1w-to-flair/card.json', import.meta.url);
  const shipped = parseModelCard(JSON.parse(readFileSync(path, 'utf8')));
  expect(lesionWords(shipped)).toMatch(
    /^On [1-9]\d* test patients this model kept −?\d+ % of the lesions' contrast \(median; −?\d+ % to −?\d+ %\)/,
  );
});
