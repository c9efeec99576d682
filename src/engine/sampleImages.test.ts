import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../test/memoryFiles';
import { silentHooks } from '../../test/silentHooks';
import { TINY_SIZE, tinyData, tinySettings } from '../../test/tinyRun';
import { nodeEnvironment } from '../platform/node/environment';
import { startEngine } from './backend/backend';
import { loadTranslator } from './methods/translator';
import { readWeights } from './models/readWeights';
import { sampleImages } from './sampleImages';
import { beginRun, exportRun, openRun, type RunHooks, readRunData, resumeRun } from './training/session';
import { checkSettings } from './training/settings';
import { PAPER_VARIANT } from './training/variant';
import { refuseUnconditional } from './unconditional';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const EVERY = { preview: 2, validation: 0, checkpoint: 0 };

const ONE = { a: 'T1w', b: 'T1w' };
const unconditional = { ...PAPER_VARIANT, pairing: 'unconditional', direction: 'aToB' } as const;

describe.each([
  ['syndiff', 'unconditional, 4 steps, adversarial', 4],
  ['ddpm', 'unconditional, 1000 steps', 3],
] as const)('an unconditional %s', (method, text, steps) => {
  const often = tinySettings({ method, iterations: 2, contrasts: ONE, variant: unconditional });
  const settings = {
    ...often,
    options: { ...often.options, ...(method === 'syndiff' && { 'r1-every': 10 }) },
  };

  it('trains and goes on after a stop to the same weights, and draws images by seed and number', async () => {
    const { train } = tinyData(4, 0);
    const made = {
      data: { train: { a: train.a, b: train.a }, validation: null },
      volumes: { trainA: [], trainB: [], valA: [], valB: [] },
      inputs: undefined,
    };
    const plan = { settings, start: [], every: { ...EVERY, preview: method === 'ddpm' ? 0 : 2 } };
    const whole = new MemoryFiles();
    const rows: string[] = [];
    const onPreview: RunHooks['onPreview'] = (preview) =>
      rows.push(...preview.rows.map(({ synthetic }) => synthetic.pixels.join()));
    const index = await beginRun(whole, plan, made, silentHooks({ onPreview }));
    expect(new Set(rows).size).toBe(rows.length);
    const judged = method === 'syndiff';
    expect(Object.keys(index.networks).sort()).toEqual(judged ? ['d.b', 'g.b'] : ['g.b']);
    const stopped = new MemoryFiles();
    const abort = new AbortController();
    const onStep: RunHooks['onStep'] = ({ report }) => report.step === 1 && abort.abort();
    const until = silentHooks({ signal: abort.signal, onStep });
    await expect(beginRun(stopped, plan, made, until)).rejects.toMatchObject({ name: 'Aborted' });
    const stored = await readRunData(stopped, await openRun(stopped));
    expect(stored.train.b).toBe(stored.train.a);
    await resumeRun(stopped, EVERY, silentHooks());
    for (const { file } of Object.values(index.networks))
      expect(stopped.files.get(file), file).toEqual(whole.files.get(file));

    const facts = { date: '2026-01-01', data: 'discs', licence: 'MIT' };
    const { card, weights } = await exportRun(whole, index, 'aToB', facts);
    expect(card).toMatchObject({ source: 'T1w', target: 'T1w', training: { variant: text } });
    expect(card.name).toBe('T1w of noise alone, trained here (2 iterations)');
    expect(() => refuseUnconditional(card)).toThrow(
      'must be a model that translates, got an unconditional one',
    );
    const read = await readWeights({ name: card.weights.file, bytes: weights });
    expect(read.config).toEqual(card.network);
    const translator = await loadTranslator({ ...card, diffusion: { ...card.diffusion, steps } }, read.state);
    const draw = async (seed: number, count: number, first = 0) => {
      const images: Float32Array[] = [];
      for await (const image of sampleImages({ card, translator }, { seed, count, first }))
        images.push(image);
      return images;
    };
    const [one, two] = await draw(1, 2);
    expect(one).toHaveLength(TINY_SIZE ** 2);
    expect(one.every((value) => Math.abs(value) <= 1)).toBe(true);
    expect(await draw(1, 1, 1)).toEqual([two]);
    expect(two).not.toEqual(one);
    expect((await draw(2, 1))[0]).not.toEqual(one);
    const gone = AbortSignal.abort();
    const drawing = sampleImages({ card, translator }, { seed: 1, count: 1 }, { signal: gone });
    await expect(drawing.next()).rejects.toMatchObject({ name: 'Aborted' });
    translator.dispose();
  });
});

it.each([
  [{ method: 'cgan' }, 'cGAN of T1w and T1w'],
  [{ method: 'resnet' }, 'of T1w and T1w'],
  [{ contrasts: { a: 'T1w', b: 'FLAIR' } }, 'SynDiff of T1w and FLAIR'],
  [{ variant: { ...unconditional, direction: 'both' } }, 'direction both'],
] as const)('is refused where it cannot be: %o', (change, got) => {
  expect(() => checkSettings(tinySettings({ contrasts: ONE, variant: unconditional, ...change }))).toThrow(
    new RegExp(`an unconditional training must be SynDiff's or DDPM's, .*${got}`),
  );
});
