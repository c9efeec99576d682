import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../formats/sha256';
import { readWeights } from '../models/readWeights';
import { parseModelCard } from './modelCard';

const FOLDER = new URL('../../../public/weights/', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
const { models } = json('index.json') as { models: string[] };

it('lists every folder once', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...models].sort()).toEqual(folders.map(({ name }) => name).sort());
});

describe.each(models)('shipped model %s', (id) => {
  const card = parseModelCard(json(`${id}/card.json`));
  const bytes = readFileSync(new URL(`${id}/${card.weights.file}`, FOLDER));

  it('has a card for these very bytes', async () => {
    expect(card.id).toBe(id);
    expect(card.weights.bytes).toBe(bytes.length);
    expect(card.weights.sha256).toBe(await sha256(bytes));
    // Nothing is dropped: the card on disk has no field that the program does not know.
    expect(card).toEqual(json(`${id}/card.json`));
  });

  it('has the network that the card tells of, all values finite', async () => {
    const weights = await readWeights({ name: card.weights.file, bytes });
    expect(weights.config).toEqual(card.network);
    expect(weights.dtype).toBe(card.weights.dtype);
    // A ResNet tells no size.
    if ('image_size' in card.network) expect(card.network.image_size).toBe(card.preprocessing.size);
    const broken = [...weights.state].filter(([, { data }]) => !data.every(Number.isFinite));
    expect(broken.map(([name]) => name)).toEqual([]);
  });

  it('tells the scores of each of its test patients', () => {
    // A row a scan: a patient may have several.
    expect(card.metrics.n).toBeGreaterThan(0);
    expect(card.metrics.rows.length).toBeGreaterThanOrEqual(card.metrics.n);
    expect(card.limits.length).toBeGreaterThan(0);
  });
});
