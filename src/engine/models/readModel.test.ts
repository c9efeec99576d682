import { describe, expect, it } from 'vitest';
import { tinyConfig } from '../../../test/tinyModel';
import { BadRequest, CorruptFile, WeightsMismatch } from '../../errors';
import type { ModelCard } from '../cards/modelCard';
import type { NamedTensor } from '../formats/namedTensor';
import { elementCount } from '../formats/safetensors';
import { sha256 } from '../formats/sha256';
import { ncsnppTable } from '../networks/ncsnpp/table';
import { encodeWeights } from './convertWeights';
import { readModel, readOwnModel } from './readModel';

const config = tinyConfig(16);
const state = new Map(
  ncsnppTable(config).map(({ name, shape }): [string, NamedTensor] => [
    name,
    { shape, data: new Float32Array(elementCount(shape)) },
  ]),
);
const bytes = encodeWeights({ state, config }, 'f32').buffer;
const hash = await sha256(bytes);
const file = { name: 'weights.safetensors', bytes };
const guessed = await readOwnModel(file, { settings: { source: 'T1w', target: 'FLAIR', pixelSize: 0.9 } });
const card: ModelCard = { ...guessed.card, id: 't1w-to-flair', name: 'T1w to FLAIR', limits: ['none known'] };

const withCard = (value: unknown, to = file) =>
  readOwnModel(to, {
    card: { name: 'card.json', bytes: new TextEncoder().encode(JSON.stringify(value)).buffer },
  });
const other = (weights: Partial<ModelCard['weights']>) => ({
  ...card,
  weights: { ...card.weights, ...weights },
});

describe('readModel', () => {
  it('is the card as it stands with its weights', async () => {
    const model = await readModel(card, 'card.json', file);
    expect(model.card).toBe(card);
    expect(model.weights.parameters).toBeGreaterThan(0);
    expect([...model.weights.state.keys()]).toEqual([...state.keys()]);
  });

  it('refuses the card of other weights', async () => {
    const reading = readModel(other({ bytes: 5 }), 'a/card.json', file);
    await expect(reading).rejects.toThrow(WeightsMismatch);
    await expect(reading).rejects.toThrow(
      `weights.safetensors: must hold the 5 bytes that a/card.json gives, got ${bytes.byteLength}; fetch the weights again or give the card that belongs to them`,
    );
    const sha = readModel(other({ sha256: 'ef'.repeat(32) }), 'card.json', file);
    await expect(sha).rejects.toThrow(WeightsMismatch);
    await expect(sha).rejects.toThrow(`the sha256 that card.json gives, ${'ef'.repeat(32)}, got ${hash};`);
  });

  it('refuses the network of another method, or of another shape, by the names of both files', async () => {
    const ofGan = { ...card, network: { method: 'cgan', ngf: 8, n_blocks: 9 } } as ModelCard;
    const reading = readModel(ofGan, 'card.json', file);
    await expect(reading).rejects.toThrow(WeightsMismatch);
    await expect(reading).rejects.toThrow(
      /^weights\.safetensors: must hold a .* \(cGAN\), as card\.json says, got a diffusive generator; give the card/,
    );
    const wider = { ...card, network: { ...card.network, num_channels_dae: 2 * config.num_channels_dae } };
    await expect(readModel(wider as ModelCard, 'card.json', file)).rejects.toThrow(
      /^weights\.safetensors, network of card\.json: weights: "/,
    );
  });

  it('refuses an image size that the network cannot have', async () => {
    const odd = { ...card, preprocessing: { ...card.preprocessing, size: 17 } };
    await expect(readModel(odd, 'card.json', file)).rejects.toThrow(BadRequest);
    await expect(readModel(odd, 'card.json', file)).rejects.toThrow(
      /^card\.json: preprocessing: size: must be a multiple of/,
    );
  });
});

describe('readOwnModel', () => {
  const id = `custom-${hash.slice(0, 12)}`;

  it('guesses a card for weights alone', () => {
    expect(guessed.card).toMatchObject({ id, source: 'T1w', preprocessing: { pixelSize: 0.9, size: 16 } });
    expect(guessed.card.weights).toEqual({
      file: file.name,
      sha256: hash,
      dtype: 'f32',
      bytes: bytes.byteLength,
    });
  });

  it('takes the card that comes with them as it stands, under the id of own weights and whatever their name', async () => {
    expect((await withCard(card)).card).toEqual({ ...card, id });
    expect((await withCard(card, { ...file, name: 'mine.safetensors' })).card).toEqual({ ...card, id });
  });

  it('holds that card against them', async () => {
    await expect(withCard(other({ bytes: 6 }))).rejects.toThrow(WeightsMismatch);
  });

  it('refuses what is no card, by its name', async () => {
    await expect(withCard({ RepetitionTime: 2 })).rejects.toThrow(
      /^card\.json: model card: id must be lower case letters/,
    );
    const text = { name: 'card.json', bytes: new TextEncoder().encode('{').buffer };
    await expect(readOwnModel(file, { card: text })).rejects.toThrow(CorruptFile);
    await expect(readOwnModel(file, { card: text })).rejects.toThrow(
      'card.json: a model card must be JSON, got text that is not',
    );
  });
});
