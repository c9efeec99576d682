/** Model cards: fields of other kinds, other names, and damage to the text. */
import { readModelCard } from '../../src/engine/cards/modelCard';
import { ONE_PASS } from '../../src/engine/diffusion/schedule';
import { methodOf } from '../../src/engine/methods';
import { tinyCard } from '../tinyModel';
import { mutate } from './mutate';
import { jsonBytes, mutateJson } from './mutateJson';
import { must, type Target } from './target';

const SAMPLES: unknown[] = [
  tinyCard(16),
  {
    ...tinyCard(32),
    network: { method: 'resnet', ngf: 4, n_blocks: 2 },
    diffusion: ONE_PASS,
    metrics: {
      data: 'some',
      split: 'test',
      n: 3,
      rows: [{ label: 'model', psnr: 20, ssim: 0.5, mae: 0.1, inside: { psnr: 20, ssim: 0.5, mae: 0.1 } }],
      lesions: [
        { by: 'bright', kind: 'tumours', rule: 'r', data: 'd', split: 'test', rows: [], shareKept: null },
      ],
    },
  },
];

export const cards: Target = {
  name: 'cards',
  async run(random) {
    let bytes = jsonBytes(mutateJson(random.pick(SAMPLES), random), random);
    if (random.once(4)) bytes = mutate(bytes, random);
    const card = readModelCard('card.json', bytes.buffer);
    const again = readModelCard(
      'card.json',
      new TextEncoder().encode(JSON.stringify(card)).buffer as ArrayBuffer,
    );
    must(JSON.stringify(again) === JSON.stringify(card), 'a card is read as another one when it is written');
    const method = methodOf(card.network);
    must(method.leastSide(card.network) > 0, 'an image of no pixels');
    must(method.table(card.network).length > 0, 'a network of nothing');
  },
};
