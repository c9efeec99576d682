import { describe, expect, it } from 'vitest';
import { BadRequest, CorruptFile, WeightsMismatch } from '../../errors';
import { PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { customCard } from './customCard';
import { droppedCard } from './droppedCard';
import type { ModelCard } from './modelCard';

const weights = {
  config: { method: 'syndiff', ...PAPER_GENERATOR } as const,
  dtype: 'f32',
  network: '',
  metadata: {},
};
const file = { name: 'weights.safetensors', bytes: 5, sha256: 'cd'.repeat(32) };
const card: ModelCard = {
  ...customCard(file, weights, { source: 'T1w', target: 'FLAIR', pixelSize: 0.9 }),
  id: 't1w-to-flair',
  name: 'T1w to FLAIR',
  limits: ['none known'],
};

const drop = (value: unknown, to = file) =>
  droppedCard({ name: 'card.json', bytes: new TextEncoder().encode(JSON.stringify(value)).buffer }, to);

describe('droppedCard', () => {
  it('is the card as it stands, under the id of own weights', () => {
    expect(drop(card)).toEqual({ ...card, id: 'custom-cdcdcdcdcdcd' });
  });

  it('takes weights under another name', () => {
    expect(drop(card, { ...file, name: 'mine.safetensors' }).name).toBe('T1w to FLAIR');
  });

  it('refuses the card of other weights', () => {
    expect(() => drop(card, { ...file, bytes: 6 })).toThrow(WeightsMismatch);
    expect(() => drop(card, { ...file, bytes: 6 })).toThrow(
      'weights.safetensors: must hold the 5 bytes that card.json gives, got 6; drop the card that belongs to these weights',
    );
    expect(() => drop(card, { ...file, sha256: 'ef'.repeat(32) })).toThrow(WeightsMismatch);
    expect(() => drop(card, { ...file, sha256: 'ef'.repeat(32) })).toThrow(
      /sha256 that card.json gives, cdcd.* got efef/,
    );
  });

  it('refuses what is no card, by its name', () => {
    expect(() => drop({ RepetitionTime: 2 })).toThrow(
      /^card\.json: model card: id must be lower case letters/,
    );
    const text = { name: 'card.json', bytes: new TextEncoder().encode('{').buffer };
    expect(() => droppedCard(text, file)).toThrow(CorruptFile);
    expect(() => droppedCard(text, file)).toThrow(
      'card.json: a model card must be JSON, got text that is not',
    );
  });

  it('refuses an image size that the network cannot have', () => {
    const odd = { ...card, preprocessing: { ...card.preprocessing, size: 100 } };
    expect(() => drop(odd)).toThrow(BadRequest);
    expect(() => drop(odd)).toThrow(/^card\.json: preprocessing: size: must be a multiple of 32/);
  });
});
