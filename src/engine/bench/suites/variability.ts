/** How much chance decides an image (the paper's section V.D): the spread of its scores over samples from several seeds. */
import { counted } from '../../counted';
import { spread } from '../../evaluation/evaluateSlices';
import type { Score } from '../../evaluation/metrics/scoreSlice';
import { pixelSpread } from '../../evaluation/pixelSpread';
import { hasStyle } from '../../style';
import {
  type Bench,
  type BenchModel,
  type BenchPair,
  countedPairs,
  modelKey,
  pairKey,
  scoredTasks,
  type Task,
  taskKey,
  tasksOf,
  taskText,
} from '../bench';
import { kindOf, passesOf } from '../lab';
import { rowsOf, unreadOf } from '../rows';
import type { Cell, Suite } from '../suite';
import type { Column, Measured, Table, TableRow } from '../suiteReport';
import {
  lacksText,
  madeSlices,
  type Results,
  sliceScores,
  unscoredCount,
  wholePairs,
  worked,
} from './pairScores';

/** Of a model's images of a pair. */
export interface SampleScores {
  /** false: nothing is drawn, and two samples of the first slice were the same; the others were not made. */
  random: boolean;
  slices: readonly SampledSlice[];
}

export interface SampledSlice {
  index: number;
  /** Of each sample; null where the images are identical. */
  psnr: readonly (number | null)[];
  ssim: readonly (number | null)[];
  /** Standard deviation of a pixel over the samples, mean over the foreground, in parts of the data range; null without foreground. */
  pixel: number | null;
}

export const variability: Suite<SampleScores> = {
  id: 'variability',
  title: 'Variability',
  text: 'standard deviation of PSNR and SSIM over samples of the same slice',
  usual: { slices: 50, samples: 10 },
  cells: (bench) => {
    scoredTasks(bench);
    return bench.models.flatMap((model) =>
      countedPairs(bench, model.card).map((pair) => sampleCell(bench, model, pair)),
    );
  },
  report: (bench, results) => ({
    suite: 'variability',
    title: 'Variability of images over samples',
    tables: tasksOf(bench).map((task) => spreadTable(bench, task, results)),
    charts: [
      {
        id: 'psnr',
        title: 'Standard deviation of PSNR over samples, mean over slices',
        kind: 'bars',
        isPositive: true,
        xLabel: 'method',
        yLabel: 'standard deviation (dB)',
        series: tasksOf(bench).map((task) => ({
          name: taskText(task),
          points: spreadTable(bench, task, results).rows.flatMap(({ name, values }) => {
            const found = values.psnrSlice as Measured | null;
            return found ? [{ x: name, y: found.mean, std: found.std }] : [];
          }),
        })),
      },
    ],
  }),
};

const sampleKey = (bench: Bench, model: BenchModel, pair: BenchPair): string =>
  `samples/${bench.options.samples}/${modelKey(model)}/${pairKey(bench, pair)}`;

function sampleCell(bench: Bench, model: BenchModel, pair: BenchPair): Cell<SampleScores> {
  const { samples, seed } = bench.options;
  return {
    key: sampleKey(bench, model, pair),
    label: `${model.name}, ${taskText(pair.task)}, ${pair.subject}, ${samples} samples`,
    work: samples * passesOf(bench, pair, model.card),
    kind: `samples of ${kindOf(model.card)}`,
    compute: async (lab) => {
      const own = await lab.translator(model);
      const { random } = own.translator;
      const { prepared } = await lab.pair(pair, model);
      const slices = random ? prepared.slices : prepared.slices.slice(0, 1);
      const made: Float32Array[][] = [];
      for (let n = 0; n < (random ? samples : 2); n++)
        made.push(await madeSlices(lab, prepared, own, { slices, seed: seed + n }));
      if (!random && made[0][0].some((value, p) => value !== made[1][0][p]))
        throw new Error(
          `${model.name}: draws nothing and must make one image of a slice, got two; the backend computes wrong: try another`,
        );
      const area = prepared.target.shape[0] * prepared.target.shape[1];
      const scored: SampledSlice[] = [];
      for (const [at, index] of slices.entries()) {
        const images = made.map((sample) => sample[at]);
        const scores: (Score | null)[] = [];
        for (const image of images)
          scores.push((await worked(lab, sliceScores(prepared, index, image))).whole);
        const mask = prepared.foreground.subarray(index * area, (index + 1) * area);
        scored.push({
          index,
          psnr: scores.map((score) => score?.psnr ?? null),
          ssim: scores.map((score) => score?.ssim ?? null),
          pixel: measured(pixelSpread(images, mask))?.mean ?? null,
        });
      }
      return { random, slices: scored };
    },
  };
}

const std = (label: string, digits: number): Omit<Column, 'id'> => ({ label, digits, better: null });
const COLUMNS: readonly Column[] = [
  { id: 'psnrSlice', ...std('PSNR (dB), a slice', 3) },
  { id: 'psnrSet', ...std('PSNR (dB), the mean', 3) },
  { id: 'ssimSlice', ...std('SSIM, a slice', 4) },
  { id: 'ssimSet', ...std('SSIM, the mean', 4) },
  { id: 'pixel', ...std('a pixel', 4) },
];

const ZERO: Measured = { mean: 0, std: null, n: 0 };

function spreadTable(bench: Bench, task: Task, results: Results<SampleScores>): Table {
  const { samples } = bench.options;
  const rows = rowsOf(bench, task).map(({ name, runs }): TableRow & { slices: number } => {
    const keys = runs.map((model) => (pair: BenchPair) => sampleKey(bench, model, pair));
    const { whole, failed } = wholePairs(keys, countedPairs(bench, task), results);
    const bySeed = keys.map((_, run) => whole.flatMap((pair) => pair.runs[run].slices));
    const isFixed = whole.length > 0 && whole.every((pair) => pair.runs.every(({ random }) => !random));
    const values = isFixed
      ? { psnrSlice: ZERO, psnrSet: 0, ssimSlice: ZERO, ssimSet: 0, pixel: ZERO }
      : {
          psnrSlice: ofSlices(bySeed, ({ psnr }) => psnr),
          psnrSet: ofMean(bySeed, ({ psnr }) => psnr),
          ssimSlice: ofSlices(bySeed, ({ ssim }) => ssim),
          ssimSet: ofMean(bySeed, ({ ssim }) => ssim),
          pixel: measured(bySeed.flat().flatMap(({ pixel }) => pixel ?? [])),
        };
    const lacks = lacksText({ failed, unscored: isFixed ? null : unscoredText(bySeed.flat()) });
    return { name, failed: lacks, values, slices: isFixed ? 0 : (bySeed[0]?.length ?? 0) };
  });
  const styled = rowsOf(bench, task)
    .filter(({ runs }) => hasStyle(runs[0].card))
    .map(({ name }) => name);
  const slices = Math.max(...rows.map((row) => row.slices));
  return {
    id: `spread-${taskKey(task)}`,
    title: `${taskText(task)}: standard deviation over ${samples} samples`,
    rowsAre: 'method',
    columns: COLUMNS,
    rows: [...rows.map(({ slices: _, ...row }) => row), ...unreadOf(bench, task)],
    notes: [
      `${samples} samples of each of ${counted(slices, 'slice')}, whole slices scored. "A slice": the standard deviation over a slice's samples, mean ± standard deviation over the slices; "the mean": that over the samples of the mean over all slices; "a pixel": in parts of the data range, mean over the foreground.`,
      'A sample is one seed for all slices of all scans, as a volume is made that must not flicker: from it each of them begins with the same noise.',
      ...(styled.length > 0
        ? [
            `Of ${styled.join(', ')} a seed is one style for them all, so that "the mean" varies as much as "a slice", however many slices there are.`,
          ]
        : []),
      'Methods that draw nothing have 0 by construction, which was held against two samples of a slice of each pair.',
    ],
  };
}

type ScoresOf = (slice: SampledSlice) => readonly (number | null)[];

const measured = (values: readonly number[]): Measured | null => (values.length > 0 ? spread(values) : null);

/** SSIM alone tells: PSNR lacks where images are identical, too. */
function unscoredText(slices: readonly SampledSlice[]): string | null {
  const missing = slices.length - known(slices, ({ ssim }) => ssim).length;
  if (missing === 0) return null;
  return `${unscoredCount(missing, slices.length)}: a sample of one value throughout, NaN or infinite`;
}

/** A slice of which a sample has no score has none. */
const known = (slices: readonly SampledSlice[], of: ScoresOf): number[][] =>
  slices.flatMap((slice) => {
    const values = of(slice).filter((value) => value !== null);
    return values.length === of(slice).length && values.length > 1 ? [values] : [];
  });

/** Over the slices of all runs, the standard deviation over the samples of each. */
function ofSlices(runs: readonly (readonly SampledSlice[])[], of: ScoresOf): Measured | null {
  return measured(runs.flatMap((slices) => known(slices, of)).map((values) => spread(values).std!));
}

/** The standard deviation over the samples of the mean over a run's slices, mean over the runs. */
function ofMean(runs: readonly (readonly SampledSlice[])[], of: ScoresOf): number | null {
  const found = runs.flatMap((slices) => {
    const values = known(slices, of);
    if (values.length === 0) return [];
    const means = values[0].map((_, n) => spread(values.map((samples) => samples[n])).mean);
    return [spread(means).std!];
  });
  return found.length > 0 ? spread(found).mean : null;
}
