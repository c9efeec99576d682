import { describe, expect, it } from 'vitest';
import { fakeBench, fakeModel, fakePair, fakeSlices, reportOf } from '../../../../test/fakeBench';
import type { ModelCard } from '../../cards/modelCard';
import { emptyHistogram } from '../../evaluation/baselines/histogramMatch';
import { type BenchPair, scaleKey } from '../bench';
import { NOISE_LEVELS } from '../noise';
import type { Suite } from '../suite';
import { bestRows, type TableValue } from '../suiteReport';
import { ablation } from './ablation';
import { complexity } from './complexity';
import { SUITES } from './index';
import { noise } from './noise';
import type { PairScores } from './pairScores';
import { quality } from './quality';
import { steps } from './steps';
import { unconditional } from './unconditional';
import { variability } from './variability';

const scores = (psnrs: readonly (number | null)[], lesionKept: number | null = null): PairScores => ({
  slices: fakeSlices(psnrs),
  lesionKept,
});

const syndiff = fakeModel('SynDiff');
const cgan = fakeModel('cGAN');
const mean = (value: TableValue) => (value as { mean: number }).mean;

describe('quality', () => {
  const bench = fakeBench(
    [cgan, syndiff],
    ['sub-1a', 'sub-1b', 'sub-2'].map((one) => fakePair(one, one.slice(0, 5))),
  );

  it('has means over slices, and tests over slices and over patients', () => {
    const { tables, charts } = reportOf(quality, bench, {
      'source as it is': scores([10]),
      'SynDiff, T1w → FLAIR, sub-1a': scores([20, 22], 0.5),
      'SynDiff, T1w → FLAIR, sub-1b': scores([24], 0.7),
      'SynDiff, T1w → FLAIR, sub-2': scores([30], 0.2),
      'cGAN, T1w → FLAIR, sub-1a': scores([19, 20]),
      'cGAN, T1w → FLAIR, sub-1b': scores([21]),
      'cGAN, T1w → FLAIR, sub-2': scores([26]),
    });
    const [table, tests] = tables;
    expect(table.rows.map(({ name, failed }) => [name, failed])).toEqual([
      ['source as it is', null],
      ['cGAN', null],
      ['SynDiff', null],
    ]);
    // Mean 24, squares 16 + 4 + 0 + 36.
    expect(table.rows[2].values.psnr).toEqual({ mean: 24, std: Math.sqrt(56 / 3), n: 4 });
    // Patients have 0.6 and 0.2.
    expect(table.rows[2].values.brightKept).toBeCloseTo(0.4, 12);
    expect(table.rows[1].values.brightKept).toBeNull();
    expect(table.notes[0]).toContain('over 3 slices of 2 patients');
    expect(tests.title).toContain('SynDiff against each of the others');
    // Differences 1, 2, 3, 4 to one side: 2 / 2^4; of two patients 2 / 2^2.
    expect(tests.rows).toMatchObject([
      { name: 'cGAN', values: { psnrSlices: 0.125, psnrPatients: 0.5, psnrHolm: 0.5, ssimSlices: 0.125 } },
    ]);
    expect(tests.notes[1]).toBe('The least p that 2 patients can give is 0.5000.');
    expect(charts[0].series).toMatchObject([
      {
        name: 'T1w → FLAIR',
        points: [
          { x: 'source as it is', y: 10 },
          { x: 'cGAN', y: 21.5 },
          { x: 'SynDiff', y: 24 },
        ],
      },
    ]);
  });

  it('says by column and note which lesions are meant, and never sums up over outlined ones and others', () => {
    const outlined = (subject: string) => ({ ...fakePair(subject), isOutlined: true });
    const kept = (pairs: BenchPair[]) => {
      const [{ columns, rows, notes }] = reportOf(quality, fakeBench([syndiff], pairs), {
        'SynDiff, T1w → FLAIR, sub-1': scores([20], 0.1),
        'SynDiff, T1w → FLAIR, sub-2': scores([20], 0.7),
      }).tables;
      const found = columns.filter(({ label }) => label.startsWith('lesion'));
      return {
        shares: Object.fromEntries(found.map(({ id, label }) => [label, rows[1].values[id]])),
        notes: notes.join(' '),
      };
    };
    const both = kept([outlined('sub-1'), fakePair('sub-2')]);
    expect(both.shares).toEqual({
      'lesion contrast kept, outlined': 0.1,
      'lesion contrast kept, bright in FLAIR': 0.7,
    });
    expect(both.notes).toMatch(
      /Outlined: lesions by an expert's outline\. Bright in FLAIR: lesions by pieces/,
    );
    const without = kept([fakePair('sub-1'), fakePair('sub-2')]);
    expect(without.shares).toEqual({ 'lesion contrast kept, bright in FLAIR': expect.closeTo(0.4, 12) });
    expect(without.notes).toContain('(no outlines by experts)');
    expect(without.notes).not.toContain('Outlined:');
  });

  it('takes models of one name for runs: the mean of each slice, and the spread of their means', () => {
    const runs = [1, 2].map((run) => fakeModel('SynDiff', { run }));
    const { rows } = rowsOfRuns(runs);
    expect(rows[1]).toMatchObject({
      values: {
        psnr: { mean: 22, std: Math.SQRT2, n: 2 },
        runs: { mean: 22, std: expect.closeTo(Math.SQRT2 * 3, 9), n: 2 },
      },
    });
  });

  /** 18 and 20 of the one, 24 and 26 of the other. */
  function rowsOfRuns(runs: ReturnType<typeof fakeModel>[]) {
    const one = fakeBench(runs, [fakePair('sub-1')]);
    const cells = quality.cells(one);
    const results = new Map(
      cells.map(({ key }, n) => [
        key,
        {
          value: scores(
            [
              [10, 10],
              [18, 20],
              [24, 26],
            ][n],
          ),
        },
      ]),
    );
    return quality.report(one, results).tables[0];
  }

  it('leaves out a pair that a run lacks, and says why', () => {
    const { tables } = reportOf(quality, bench, {
      'SynDiff, T1w → FLAIR, sub-1a': scores([20]),
      'SynDiff, T1w → FLAIR, sub-1b': 'no such file',
      'SynDiff, T1w → FLAIR, sub-2': scores([30]),
      'cGAN, T1w → FLAIR, sub-1b': scores([21]),
      'cGAN, T1w → FLAIR, sub-2': scores([31]),
    });
    const [, first, second] = tables[0].rows;
    expect(first).toMatchObject({ name: 'cGAN', failed: '1 of 3 parts not computed yet' });
    expect(second).toMatchObject({ name: 'SynDiff', failed: '1 of 3 parts failed: sub-1b: no such file' });
    expect(mean(second.values.psnr)).toBe(25);
    // Of sub-2, which both have.
    expect(tables[1].rows[0].values.psnrSlices).toBe(1);
  });

  it('says which row others are held against where it is not SynDiff, and takes none that failed', () => {
    const nan = fakeModel('NaN');
    const pairs = [fakePair('sub-1'), fakePair('sub-2')];
    const scored = { 'MUNIT, T1w': scores([20, 22]), 'cGAN, T1w': scores([19, 20]) };
    const munit = fakeModel('MUNIT', { network: { method: 'munit' } as never });
    const rival = fakeModel('cGAN', { network: { method: 'cgan' } as never });
    const testsOf = (
      models: (typeof nan)[],
      results: Record<string, PairScores | string>,
      against?: string,
    ) => reportOf(quality, fakeBench(models, pairs, { against }), results).tables[1];
    // NaN is of SynDiff's method.
    const first = testsOf([nan, munit, rival], { ...scored, 'NaN, T1w': 'not a number' });
    expect(first.title).toContain('FLAIR: MUNIT against each');
    expect(first.remark).toBe(
      'T1w → FLAIR is held against MUNIT, the first row with scores, since no model of SynDiff has any.',
    );
    expect(first.notes).toContain(first.remark);
    expect(first.rows.map(({ name, values }) => [name, values.psnrSlices])).toEqual([
      ['NaN', null],
      ['cGAN', 0.125],
    ]);
    const named = testsOf([syndiff, munit, rival], { ...scored, 'SynDiff, T1w': 'no file' }, 'SynDiff');
    expect(named.remark).toBe('T1w → FLAIR is held against MUNIT, since SynDiff failed.');
    expect(testsOf([munit, rival], scored, 'other').remark).toContain(
      'MUNIT, since no row of it is called other.',
    );
    expect(testsOf([munit, nan], { ...scored, 'NaN, T1w': scores([9, 8]) }).remark).toBe(
      "T1w → FLAIR is held against NaN, the first of SynDiff's models with scores.",
    );
    // Its turn has not come.
    expect(testsOf([munit, rival, syndiff], scored)).toMatchObject({
      title: expect.stringContaining('SynDiff against'),
    });
    expect(testsOf([munit, syndiff], scored).remark).toBeUndefined();
    const ablated = reportOf(ablation, fakeBench([munit, rival], pairs), scored).tables[0];
    expect(ablated.remark).toContain('held against MUNIT');
    expect(ablated.notes).toContain(ablated.remark);
  });

  it('says which slices have no score, and holds nothing against a row without any', () => {
    const flat = (psnrs: readonly number[], constant: readonly number[]): PairScores => ({
      lesionKept: null,
      slices: fakeSlices(psnrs).map((slice, n) =>
        constant.includes(n)
          ? {
              ...{ index: slice.index, whole: null, foreground: null, inside: null, paper: null },
              missing: { image: 'synthetic', fault: 'constant', pixels: 9 },
            }
          : slice,
      ),
    });
    const pairs = [fakePair('sub-1'), fakePair('sub-2')];
    const part = reportOf(quality, fakeBench([syndiff, cgan], pairs), {
      'SynDiff, T1w': scores([20, 22]),
      'cGAN, T1w → FLAIR, sub-1': flat([40, 10], [1]),
      'cGAN, T1w → FLAIR, sub-2': flat([30, 10], [1]),
    }).tables;
    const why = '2 of 4 slices have no score and are left out of its means: images of one value throughout';
    for (const [table, row] of [
      [part[0], 2],
      [part[1], 0],
    ] as const)
      expect(table.rows[row]).toMatchObject({ name: 'cGAN', failed: why });
    expect(part[0].rows[2].values.psnr).toMatchObject({ mean: 35, n: 2 });
    const all = { 'SynDiff, T1w': flat([1, 1], [0, 1]), 'cGAN, T1w': scores([20, 22]) };
    for (const suite of [quality, ablation]) {
      const { tables } = reportOf(suite, fakeBench([syndiff, cgan], pairs), all);
      const row = tables[0].rows.find(({ name }) => name === 'SynDiff');
      expect(row!.failed).toBe('none of its 4 slices has a score: images of one value throughout');
      expect(tables.at(-1)!.remark).toContain('held against cGAN, since SynDiff failed');
    }
    const levels = reportOf(noise, fakeBench([syndiff], pairs), {
      'Rician noise 0.12': flat([1, 1], [0]),
      SynDiff: scores([20, 22]),
    }).tables;
    expect(levels[0].rows[0].failed).toMatch(/^at noise 0\.12 2 of 4 slices have no score/);
    expect(levels[2].rows[0].failed).toBeNull();
  });

  it('has rows of what is fitted, where something is', () => {
    const task = { source: 'T1w', target: 'FLAIR' };
    const fitted = {
      regressionSubjects: 0,
      histogramMatched: null,
      regressed: () => emptyHistogram() as never,
    };
    const rich = { ...bench, baselines: [{ task, data: 'train', fit: async () => fitted }] };
    expect(reportOf(quality, rich, {}).tables[0].rows.map(({ name }) => name)).toEqual([
      ...['source as it is', 'histogram-matched source', 'intensity regression', 'cGAN', 'SynDiff'],
    ]);
  });
});

it('variability has both readings, and 0 of what draws nothing', () => {
  const bench = fakeBench([syndiff, cgan], [fakePair('sub-1'), fakePair('sub-2')], { slices: 2, samples: 2 });
  const slice = (psnr: number[], pixel: number) => ({
    index: 0,
    psnr,
    ssim: psnr.map((one) => one / 100),
    pixel,
  });
  const { tables } = reportOf(variability, bench, {
    'SynDiff, T1w → FLAIR, sub-1': { random: true, slices: [slice([20, 22], 0.1)] },
    'SynDiff, T1w → FLAIR, sub-2': { random: true, slices: [slice([30, 26], 0.3)] },
    cGAN: { random: false, slices: [slice([20, 20], 0)] },
  });
  const [drawn, fixed] = tables[0].rows;
  // Deviations sqrt 2 and 2 sqrt 2; means 25 and 24.
  expect(mean(drawn.values.psnrSlice)).toBeCloseTo(1.5 * Math.SQRT2, 12);
  expect(drawn.values.psnrSet).toBeCloseTo(Math.SQRT1_2, 12);
  expect(mean(drawn.values.ssimSlice)).toBeCloseTo(0.015 * Math.SQRT2, 12);
  expect(mean(drawn.values.pixel)).toBeCloseTo(0.2, 12);
  expect(fixed.values).toMatchObject({ psnrSlice: { mean: 0 }, psnrSet: 0, pixel: { mean: 0 } });
  expect(tables[0].notes[0]).toContain('2 samples of each of 2 slices');
  expect([drawn.failed, fixed.failed]).toEqual([null, null]);
  expect(tables[0].notes.join(' ')).not.toContain('style');
  const munit = fakeModel('MUNIT', { network: { method: 'munit', style_dim: 8 } as never });
  const [styled] = reportOf(variability, fakeBench([syndiff, munit], [fakePair('sub-1')]), {}).tables;
  expect(styled.notes).toContain(
    'Of MUNIT a seed is one style for them all, so that "the mean" varies as much as "a slice", however many slices there are.',
  );
  const collapsed = { ...slice([20, 22], 0.1), ssim: [0.2, null] };
  const { tables: flat } = reportOf(variability, bench, {
    SynDiff: { random: true, slices: [collapsed, slice([20, 22], 0.1)] },
  });
  expect(flat[0].rows[0].failed).toBe(
    '2 of 4 slices have no score and are left out of its means: a sample of one value throughout, NaN or infinite',
  );
});

it('noise has a column a level, and the loss from the slice as it is to the worst', () => {
  const bench = fakeBench([syndiff], [fakePair('sub-1')], { slices: 2 });
  const cells = noise.cells(bench);
  expect(cells).toHaveLength(1 + 2 * 7);
  // Without noise it is the cell of quality.
  expect(quality.cells(bench).map(({ key }) => key)).toContain(cells[0].key);
  const results = new Map(cells.map(({ key }, n) => [key, { value: scores([30 - n, 20 - n]) }]));
  const { tables, charts } = noise.report(bench, results);
  expect(tables.map(({ id }) => id)).toEqual([
    ...['psnr-rician-T1w-FLAIR', 'ssim-rician-T1w-FLAIR', 'psnr-real-T1w-FLAIR', 'ssim-real-T1w-FLAIR'],
  ]);
  const { values } = tables[0].rows[0];
  expect([mean(values.c0), mean(values['c0.03']), mean(values['c0.21']), values.loss]).toEqual([
    25, 24, 18, 7,
  ]);
  expect(tables[2].rows[0].values.loss).toBe(14);
  expect(charts[0].series[0].points.map(({ x, y }) => [x, y])).toEqual(
    NOISE_LEVELS.map((x, n) => [x, 25 - n]),
  );
});

it('noise says whether the methods had the same, and has no best loss', () => {
  const notesOf = (models: Parameters<typeof fakeBench>[0]) =>
    reportOf(noise, fakeBench(models, [fakePair('sub-1')]), {}).tables.map(({ notes }) => notes[1]);
  expect(new Set(notesOf([syndiff, cgan]))).toEqual(
    new Set(['The noise is the same for all methods, pixel by pixel of their images.']),
  );
  const large = fakeModel('large', {
    preprocessing: { ...syndiff.card.preprocessing, size: 32, pixelSize: 7.5 },
  });
  const { size, pixelSize } = syndiff.card.preprocessing;
  for (const note of notesOf([syndiff, large, cgan])) {
    expect(note).toContain('rows of different grids had different noise');
    expect(note).toContain(
      `SynDiff, cGAN: ${size} x ${size} pixels of ${pixelSize} mm; large: 32 x 32 pixels of 7.5 mm.`,
    );
  }
  const [table] = reportOf(noise, fakeBench([syndiff, cgan], [fakePair('sub-1')]), {
    'SynDiff, T1w': scores([20]),
    'cGAN, T1w': scores([10]),
  }).tables;
  expect(bestRows(table, table.columns.at(-1)!)).toEqual(new Set());
  expect(bestRows(table, table.columns[0])).toEqual(new Set([0]));
});

describe('ablation and steps', () => {
  const variants = [4, 2, 8].map((count) =>
    fakeModel(`${count} steps`, { diffusion: { ...syndiff.card.diffusion, steps: count } }),
  );
  const bench = fakeBench(variants, [fakePair('sub-1')], { against: '4 steps' });
  const results = {
    '4 steps, T1w': scores([20, 24]),
    '2 steps, T1w': scores([19, 22]),
    '8 steps, T1w': scores([21, 24]),
  };

  it('holds each variant against the one that is named, from cells of quality', () => {
    const { tables } = reportOf(ablation, bench, results);
    expect(tables[0].title).toBe('T1w → FLAIR: against 4 steps');
    expect(
      tables[0].rows.map(({ name, values }) => [
        name,
        mean(values.psnr),
        values.psnrDifference,
        values.psnrSlices,
      ]),
    ).toEqual([
      ['4 steps', 22, null, undefined],
      // Differences 1 and 2; 0 is none.
      ['2 steps', 20.5, -1.5, 0.5],
      ['8 steps', 22.5, 0.5, 1],
    ]);
    const known = quality.cells(bench).map(({ key }) => key);
    for (const { key } of ablation.cells(bench)) expect(known).toContain(key);
  });

  it('has the fewest steps first, with the seconds of a slice', () => {
    const time = { secondsSlice: 0.5 };
    const { tables, charts } = reportOf(steps as Suite, bench, {
      ...results,
      '2 steps, time': time,
      '4 steps, time': 'no memory is left',
    });
    expect(tables[0].rows.map(({ values, failed }) => [values.steps, values.seconds, failed])).toEqual([
      [2, 0.5, null],
      [4, null, 'no memory is left'],
      [8, null, null],
    ]);
    expect(charts[0].series[0].points.map(({ x }) => x)).toEqual([2, 4, 8]);
  });

  it('has one row a number of steps, the reference for its own, and neither computes nor tests other variants', () => {
    const others = ['no cycle', 'weights'].map((name) => fakeModel(name));
    // SynDiff is neither the first of its number of steps nor named.
    const all = fakeBench([others[0], variants[1], syndiff, others[1], variants[2]], [fakePair('sub-1')]);
    expect(steps.cells(all).map(({ label }) => label.split(',')[0])).toEqual([
      ...['2 steps', '2 steps', 'SynDiff', 'SynDiff', '8 steps', '8 steps'],
    ]);
    const { tables, charts } = reportOf(steps as Suite, all, {
      '2 steps, T1w': scores([20, 22, 24, 26, 28]),
      'SynDiff, T1w': scores([21, 24, 27, 30, 33]),
      '8 steps, T1w': scores([22, 26, 30, 34, 38]),
    });
    expect(tables[0].rows.map(({ name }) => name)).toEqual(['2 steps', 'SynDiff', '8 steps']);
    expect(charts[0].series[0].points.map(({ x }) => x)).toEqual([2, 4, 8]);
    expect(tables[0].title).toBe('T1w → FLAIR: against SynDiff');
    expect(tables[0].notes.at(-1)).toBe(
      'One row a number of steps; left out, as variants of the same number: no cycle, weights.',
    );
  });

  it.each([
    [
      steps,
      [syndiff, fakeModel('no cycle')],
      'steps: needs models of SynDiff of two numbers of steps or more, of one direction, got 4 alone;',
    ],
    [ablation, [syndiff], 'ablation: needs two rows or more of one direction, got SynDiff;'],
    [
      steps,
      [fakeModel('cGAN', { network: { method: 'cgan' } as never })],
      'steps: needs models of SynDiff of several numbers of steps, got none of SynDiff;',
    ],
  ])('needs rows to compare', (suite, models, sentence) => {
    expect(() => suite.cells(fakeBench(models, [fakePair('sub-1')]))).toThrow(sentence);
  });
});

it('complexity measures a model of each row, and an iteration of each method', () => {
  const other = fakeModel('SynDiff', { run: 2, source: 'FLAIR', target: 'T1w' });
  const bench = { ...fakeBench([syndiff, other, cgan], [], { preset: 'small' }), device: 'cpu, a machine' };
  const memory = { tensorBytes: 3 * 2 ** 20, reservedBytes: 0, residentBytes: null };
  const { tables } = reportOf(complexity as Suite, bench, {
    'SynDiff, time of a slice': {
      secondsSlice: 2,
      parameters: 5e6,
      flopSlice: 7e9,
      steps: 4,
      memory,
    } as never,
    'SynDiff, time of an iteration at small': {
      ...{ secondsIteration: 1.5, secondsTraining: 7200, parameters: 8e6, flopIteration: 9e9, memory },
    },
    'cGAN, time of a slice': 'no memory is left',
  });
  expect(tables[0].rows).toMatchObject([
    {
      name: 'SynDiff',
      failed: null,
      values: { seconds: 2, parameters: 5, gflop: 7, memory: 3, steps: 4, size: 16 },
    },
    { name: 'cGAN', failed: 'no memory is left', values: {} },
  ]);
  expect(tables[1].title).toBe('Training at preset small');
  expect(tables[1].rows).toMatchObject([{ name: 'SynDiff', values: { seconds: 1.5, hours: 2, gflop: 9 } }]);
  expect(tables[0].notes[0]).toContain('On cpu, a machine');
});

it('unconditional has the distances of as many images as there are real slices', () => {
  const free = { ...syndiff.card.network, num_channels: 1 } as ModelCard['network'];
  const model = fakeModel('SynDiff', { source: 'FLAIR', network: free });
  const slices = { size: 1, count: 30, images: new Uint16Array(30), subjects: ['sub-1', 'sub-2'] };
  const real = {
    ...{ contrast: 'FLAIR', scale: scaleKey(model.card), data: 'scans' },
    slices: {
      ...slices,
      subject: new Uint16Array(30),
      slice: new Uint16Array(30),
      foreground: new Float32Array(30),
    },
  };
  const bench = { ...fakeBench([model, cgan], []), real: [real] };
  expect(unconditional.cells(bench).map(({ label }) => label)).toEqual([
    ...['real slices of FLAIR', 'SynDiff, FLAIR of noise alone, images 1 to 25'],
    'SynDiff, FLAIR of noise alone, images 26 to 30',
  ]);
  const features = (...random: number[]) => ({ count: random.length, features: { random } });
  const { tables } = reportOf(unconditional, bench, {
    'real slices': features(0, 2),
    'images 1 to 25': features(1),
    'images 26 to 30': features(3),
  });
  // Means 1 apart, both variances 2; (xy + 1)³ within 1 and 64, between 372 / 4.
  const { values, failed } = tables[0].rows[0];
  expect(failed).toBeNull();
  expect(mean(values['fd-random'])).toBeCloseTo(1, 9);
  expect(mean(values['kid-random'])).toBeCloseTo(1 + 64 - 2 * 93, 9);
  expect(tables[0].notes[0]).toContain('30 images of each model against 30 real slices of 2 subjects');
  expect(tables[0].notes[2]).toContain('KID is the fairer one');
  const cut = reportOf(unconditional, bench, {
    'real slices': features(0, 2),
    'images 1': 'no memory is left',
  });
  expect(cut.tables[0].rows[0]).toMatchObject({
    failed: '1 of 3 parts failed: no memory is left',
    values: { 'fd-random': null },
  });
  // Before anything is computed.
  const one = { ...bench, options: { ...bench.options, slices: 1 } };
  expect(() => unconditional.cells(one)).toThrow('needs 2 images or more to compare sets, got 1 of FLAIR;');
});

it.each(SUITES.map((suite) => [suite.id, suite] as const))(
  '%s says in a sentence that it has nothing to work on',
  (_, suite) => {
    expect(() => suite.cells(fakeBench([], []))).toThrow(/: needs .*, got none/);
  },
);
