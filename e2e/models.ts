/**
 * What the tests' pages are served in place of the shipped models: index, cards and weights made in code, of networks so small
 * that the page's work is tested and not the machine's speed. One test opens the page with the shipped ones (demo.spec.ts).
 */
import { createHash } from 'node:crypto';
import type { BrowserContext } from '@playwright/test';
import type { ModelCard } from '../src/engine/cards/modelCard';
import { hashWeights } from '../src/engine/hash';
import { encodeWeights } from '../src/engine/models/convertWeights';
import type { GeneratorConfig } from '../src/engine/networks/ncsnpp/config';
import { ncsnppTable } from '../src/engine/networks/ncsnpp/table';
import { tinyCard, tinyConfig } from '../test/tinyModel';

export interface MadeModel {
  card: ModelCard;
  weights: Buffer;
}

/**
 * quick: a slice in some 20 ms on wasm. slow: about half a second, so that a run of several slices is still at work when a
 * test has read its progress and cancels, drops another scan, or ends its worker.
 */
export type Speed = 'quick' | 'slow';

const CONFIGS: Readonly<Record<Speed, GeneratorConfig>> = {
  quick: tinyConfig(32),
  slow: { ...tinyConfig(128), num_channels_dae: 32 },
};

/** mm, what the square of pixels covers. */
const FIELD_OF_VIEW = 256;

function makeModel(speed: Speed, target: string): MadeModel {
  const config = CONFIGS[speed];
  const size = config.image_size;
  const weights = Buffer.from(
    encodeWeights({ state: hashWeights(1, ncsnppTable(config)), config }, 'f32').buffer,
  );
  const sha256 = createHash('sha256').update(weights).digest('hex');
  const card: ModelCard = {
    ...tinyCard(32),
    id: `${speed}-t1w-to-${target.toLowerCase()}`,
    name: `T1w to ${target}, ${speed}`,
    target,
    network: { method: 'syndiff', ...config },
    weights: { file: 'weights.safetensors', sha256, dtype: 'f32', bytes: weights.length },
    preprocessing: { ...tinyCard(32).preprocessing, size, pixelSize: FIELD_OF_VIEW / size },
  };
  return { card, weights };
}

const MADE: Readonly<Record<Speed, readonly MadeModel[]>> = {
  quick: [makeModel('quick', 'FLAIR'), makeModel('quick', 'T2w')],
  slow: [makeModel('slow', 'FLAIR'), makeModel('slow', 'T2w')],
};

/** The model that a page so served takes for a T1w by itself. */
export const firstModel = (speed: Speed): MadeModel => MADE[speed][0];

/** Every page of the context finds these models and no other. */
export async function serveModels(context: BrowserContext, speed: Speed): Promise<void> {
  const files = new Map<string, { contentType: string; body: string | Buffer }>();
  const json = (value: unknown) => ({ contentType: 'application/json', body: JSON.stringify(value) });
  files.set('/weights/index.json', json({ models: MADE[speed].map(({ card }) => card.id) }));
  for (const { card, weights } of MADE[speed]) {
    files.set(`/weights/${card.id}/card.json`, json(card));
    files.set(`/weights/${card.id}/${card.weights.file}`, {
      contentType: 'application/octet-stream',
      body: weights,
    });
  }
  await context.route('**/weights/**', (route) =>
    route.fulfill(files.get(new URL(route.request().url()).pathname) ?? { status: 404 }),
  );
}
