import { expect, it } from 'vitest';
import { tinyCard } from '../../../test/tinyModel';
import { sameContrastText } from './sameContrast';

it('tells of one contrast on both sides, in letters of either case', () => {
  const card = tinyCard(32);
  expect(sameContrastText(card)).toBeNull();
  expect(sameContrastText({ ...card, source: 'T1w', target: 'T1w' })).toMatch(
    /^Source and target .* both T1w:/,
  );
  expect(sameContrastText({ ...card, source: 't1w', target: 'T1w' })).toMatch(/both t1w/);
  expect(sameContrastText({ ...card, source: 'T1w', target: 'T1ce' })).toBeNull();
});

it('says nothing of a model without a source', () => {
  const card = { ...tinyCard(32), source: 'T1w', target: 'T1w' };
  const network = { ...card.network, num_channels: 1 } as typeof card.network;
  expect(sameContrastText({ ...card, network })).toBeNull();
});
