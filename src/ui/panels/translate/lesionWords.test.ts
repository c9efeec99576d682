import { expect, it } from 'vitest';
import { fakeCard } from '../../../../test/fakeClient';
import { lesionWords } from './lesionWords';

const card = fakeCard('T1w', 'FLAIR');

it('says what was measured on how many patients', () => {
  const lesions = { rule: 'r', data: 'd', split: 'test', shareKept: 0.437, rows: [{}, {}, {}] };
  expect(lesionWords({ ...card, metrics: { ...card.metrics, lesions } as typeof card.metrics })).toBe(
    "On 3 test patients this model kept 44 % of the lesions' contrast: lesions may be missing or invented here.",
  );
});

it('says that nothing was measured', () => {
  expect(lesionWords(card)).toBe(
    'In this synthetic FLAIR lesions may be missing or invented; how often was not measured.',
  );
});
