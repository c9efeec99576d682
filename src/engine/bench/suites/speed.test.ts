import { describe, expect, it } from 'vitest';
import { tinyCard, tinyConfig } from '../../../../test/tinyModel';
import { isUnconditionalModel } from '../../unconditional';
import type { Bench } from '../bench';
import { runSuite } from '../runSuite';
import type { Contender } from '../speed';
import type { CellResult, Suite } from '../suite';
import { speed } from './speed';

const suite: Suite = speed as Suite;
const card = tinyCard(16);

function contender(id: string, isOurs: boolean, more: Partial<Awaited<ReturnType<Contender['start']>>> = {}) {
  return {
    ...{ id, label: `engine ${id}`, isOurs },
    start: async () => ({ step: async () => new Float32Array(256), dispose: () => {}, ...more }),
  } satisfies Contender;
}

const LAYER = { kind: '3x3', height: 16, width: 16, cin: 4, cout: 4, macs: 36864 };
const layers = async () => ({ layers: [{ ...LAYER, count: 2, ms: 1 }], peak: 2e9, note: 'A note.' });

const bench = (more: Partial<Bench> = {}): Bench => ({
  models: [{ id: 'tiny', name: 'Tiny', card, weights: async () => new Map() }],
  pairs: [],
  contenders: [
    { ...contender('plain', false), isOracle: true },
    contender('ours', true, { layers, counts: async () => ({ dispatches: 7, bytes: 3 * 2 ** 20 }) }),
    {
      ...contender('absent', true),
      start: () => Promise.reject(new Error('absent: is not there; install it')),
    },
  ],
  leftOut: ['WebGPU is not compared: it has no adapter.'],
  options: { slices: null, samples: 2, seed: 0 },
  ...more,
});

async function reportOf(of: Bench, signal?: AbortSignal) {
  const kept = new Map<string, CellResult<unknown>>();
  const store = {
    get: (key: string) => kept.get(key) ?? null,
    put: async (key: string, result: CellResult<unknown>) => void kept.set(key, result),
  };
  let ms = 0;
  return runSuite(suite, of, store, { now: () => ms++, signal });
}

describe('the speed suite', () => {
  it('has a row for each engine with what it counts, or why it failed, and says who is left out', async () => {
    const { tables, charts } = await reportOf(bench());
    const [steps, ...others] = tables;
    expect(steps.rows.map(({ name, failed }) => [name, failed])).toEqual([
      ['engine plain', null],
      ['engine ours', null],
      ['engine absent', 'absent: is not there; install it'],
    ]);
    // The clock moves on by 1 whenever it is looked at.
    expect(steps.rows[1].values).toMatchObject({
      median: 1,
      slice: 0.004,
      ratio: 1,
      dispatches: 7,
      memory: 3,
    });
    expect(steps.rows[0].values).toMatchObject({ dispatches: null, memory: null });
    expect(steps.columns.at(-1)?.label).toBe('PSNR (dB)');
    expect(steps.notes.join()).toContain('PSNR: against the image of engine plain in float32');
    expect(steps.notes).toContain('WebGPU is not compared: it has no adapter.');
    expect(steps.notes.join()).not.toContain('too long');
    const busy = await reportOf(bench({ disturbed: 'another program computed' }));
    expect(busy.tables[0].notes).toContain('Times may be too long: another program computed.');
    expect(charts[0].series[0].points.map(({ x }) => x)).toEqual(['engine plain', 'engine ours']);

    // Layers of ours alone; no training without who trains.
    expect(others.map(({ id }) => id)).toEqual(['layers-ours-tiny', 'layers-absent-tiny']);
    expect(others[0].rows.map(({ name }) => name)).toEqual(['all', '3x3, 16x16, 4']);
    // 2 x 2 x 36864 FLOP in 1 ms, of 2 GFLOP/s.
    expect(others[0].rows[1].values.share).toBeCloseTo((100 * 4 * 36864 * 1000) / 2e9, 6);
    expect(others[1].rows[0].failed).toBe('absent: is not there; install it');
  });

  it('tells no more time than is left though engines compile for long and one of them fails', async () => {
    let ms = 0;
    const takes = (
      id: string,
      compile: number,
      step: number,
      failsAt = Number.POSITIVE_INFINITY,
    ): Contender => ({
      ...{ id, label: id },
      start: async () => {
        ms += compile;
        let done = 0;
        return {
          step: async () => {
            ms += step;
            if (done++ === failsAt) throw new Error(`${id}: has no more memory`);
            return new Float32Array(256);
          },
          counts: async () => {
            ms += step;
            return { dispatches: null, bytes: null };
          },
          dispose: () => {},
        };
      },
    });
    const told: { at: number; label: string; msLeft: number | null }[] = [];
    await runSuite(
      suite,
      bench({
        contenders: [takes('gpu', 30_000, 5000), takes('wasm', 10, 100), takes('weak', 20_000, 1000, 4)],
        options: { slices: null, samples: 20, seed: 0 },
      }),
      { get: () => null, put: async () => {} },
      { now: () => ms, onProgress: ({ label, msLeft }) => told.push({ at: ms, label, msLeft }) },
    );
    const left = told.flatMap(({ at, msLeft }) => (msLeft === null ? [] : [{ msLeft, truth: ms - at }]));
    // Nothing while the first steps compile; then, but for one that fails later, what it will take.
    expect(told.slice(0, 4).map(({ msLeft }) => msLeft)).toEqual([null, null, null, null]);
    const weak = 24 * 1000;
    for (const { msLeft, truth } of left) expect(msLeft).toBeLessThanOrEqual(truth + weak);
    expect(left.filter(({ msLeft, truth }) => msLeft === truth).length).toBeGreaterThan(40);
  });

  it('says what cannot be timed', () => {
    const without = (more: Partial<Bench>) => () => suite.cells(bench(more));
    expect(without({ models: [] })).toThrow(/needs models to be timed/);
    const network = { method: 'syndiff', ...tinyConfig(16), num_channels: 1 } as const;
    const models = [{ ...bench().models[0], card: { ...card, network } }];
    expect(isUnconditionalModel(models[0].card)).toBe(true);
    expect(without({ models })).toThrow(/needs models that translate/);
    expect(without({ contenders: [] })).toThrow(/needs engines/);
  });

  it('a training that fails is a row with its reason, one at each preset', async () => {
    const run = () => Promise.reject(new Error('no memory'));
    const trainers = [{ id: 'ours', label: 'ours', isOurs: true, run }];
    const { tables } = await reportOf(bench({ trainers }));
    const trainings = tables.filter(({ id }) => id.startsWith('training'));
    expect(trainings.map(({ id, rows }) => [id, rows[0].failed])).toEqual([
      ['training-syndiff-tiny', 'no memory'],
      ['training-syndiff-small', 'no memory'],
    ]);
    const quick = await reportOf(bench({ trainers, options: { ...bench().options, quick: true } }));
    expect(quick.tables.filter(({ id }) => id.startsWith('training'))).toHaveLength(1);
  });

  it('ends with a cancel while layers are timed', async () => {
    const stop = new AbortController();
    const slow: Contender = contender('ours', true, {
      layers: async ({ pause }) => {
        stop.abort();
        await pause?.();
        throw new Error('not reached');
      },
    });
    await expect(reportOf(bench({ contenders: [slow] }), stop.signal)).rejects.toMatchObject({
      name: 'Aborted',
    });
  });
});
