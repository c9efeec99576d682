import { expect, it } from 'vitest';
import { contrastHead } from '../../../test/inputScans';
import { tinyData, tinySettings } from '../../../test/tinyRun';
import { inputStatistics } from '../../volume/inputStatistics';
import { summariseInputs } from '../../volume/trainingInputs';
import { parseModelCard } from '../cards/modelCard';
import { isWatched } from '../cards/scoreLimits';
import { sha256 } from '../formats/sha256';
import { readWeights } from '../models/readWeights';
import type { RunFacts } from './checkpoint';
import { readData, writeData } from './dataFile';
import { exportModel } from './exportModel';
import { initialState } from './initialise';
import { networksOf } from './networks';
import type { TrainSettings } from './settings';

const FRAME = { map: 'foreground-median', low: 0, high: 1000 } as const;

const FACTS = {
  date: '2026-01-01',
  data: 'none',
  licence: 'MIT',
  step: 7,
  history: { steps: [], validations: [] },
  inputs: { a: summariseInputs([inputStatistics(contrastHead('T1w'), FRAME)!]), b: null },
  start: [{ network: 'g.b', name: 'Interim', licence: 'CC BY-NC-SA 4.0' }] satisfies RunFacts['start'],
};

const randomState = (settings: TrainSettings, name: string) =>
  initialState(networksOf(settings).find((spec) => spec.name === name)!, 1);

it.each([
  ['g.b', 'aToB', 'syndiff'],
  ['r.a', 'bToA', 'resnet'],
] as const)(
  'exports %s as weights that are read again, and a card that holds',
  async (name, direction, method) => {
    const settings = tinySettings({ method });
    const state = randomState(settings, name);
    const { card, weights } = await exportModel(settings, direction, state, FACTS);
    expect(parseModelCard(JSON.parse(JSON.stringify(card)))).toEqual(card);
    expect(card.weights.sha256).toBe(await sha256(weights));
    expect(card.metrics.note).toBe('The run was not validated.');
    expect(isWatched(card.limits)).toBe(false);
    expect(card.inputs).toEqual(direction === 'aToB' ? { data: 'none', ...FACTS.inputs.a } : undefined);
    expect(card.licence).toBe('MIT; CC BY-NC-SA 4.0 (from Interim)');
    // Of the scans alone.
    expect(card.training.licence).toBe('MIT');
    expect(card.training.variant.endsWith('; started from Interim')).toBe(name === 'g.b');
    expect(card.diffusion.steps).toBe(method === 'syndiff' ? 4 : 1);
    expect([card.source, card.target]).toEqual(direction === 'aToB' ? ['T1w', 'FLAIR'] : ['FLAIR', 'T1w']);
    const read = await readWeights({ name: card.weights.file, bytes: weights });
    expect(read.config).toEqual(card.network);
    expect(new Map(read.state)).toEqual(new Map(state));
  },
);

it('writes scores of the last validation that a card can hold', async () => {
  const settings = tinySettings();
  const score = { psnr: 20, ssim: 0.5, mae: 0.1 };
  const validation = (whole: typeof score | null, psnr: number | null) => ({
    step: 7,
    directions: [
      {
        ...{ direction: 'aToB' as const, n: 2, whole, foreground: null },
        copy: { whole: { ...score, psnr }, foreground: null },
      },
    ],
  });
  const metricsOf = async (...told: Parameters<typeof validation>) => {
    const facts = { ...FACTS, history: { steps: [], validations: [validation(...told)] } };
    const { card } = await exportModel(settings, 'aToB', randomState(settings, 'g.b'), facts);
    const { metrics, limits } = parseModelCard(JSON.parse(JSON.stringify(card)));
    expect(isWatched(limits)).toBe(metrics.rows.length > 0);
    return metrics;
  };
  const { rows, note } = await metricsOf(score, null);
  expect(rows).toEqual([{ label: 'whole slice', ...score, psnrCopy: 200 }]);
  expect(note).toMatch(
    /clipped to \[0, 1\] by the intensity map, data range 1; .* 200 dB stands for images that are identical/,
  );
  expect((await metricsOf(score, 30)).note).not.toContain('200 dB');
  expect((await metricsOf(null, 20)).rows).toEqual([]);
});

it("exports the maps of a start model's Hounsfield units with their ends", async () => {
  const intensity = { a: 'foreground-p99.5', b: 'hu' } as const;
  const settings = tinySettings({ intensity, huEnds: [-1000, 1000] });
  const state = randomState(settings, 'g.b');
  const { card } = await exportModel(settings, 'aToB', state, FACTS);
  expect(card.preprocessing).toMatchObject({
    intensity: { source: 'foreground-p99.5', target: 'hu' },
    huEnds: [-1000, 1000],
  });
});

it('keeps the slices as they are, with and without validation', () => {
  for (const data of [tinyData(3, 2), tinyData(2, 0)]) expect(readData(writeData(data))).toEqual(data);
});

it('exports no weights that are no numbers', async () => {
  const settings = tinySettings();
  const state = randomState(settings, 'g.b');
  const [[name, { data }]] = state;
  data[0] = Number.NaN;
  await expect(exportModel(settings, 'aToB', state, FACTS)).rejects.toThrow(
    `weights: "${name}" must hold finite numbers, got NaN as value 1 of`,
  );
});
