/** What noise on the source does to each model's images (the paper's section V.E): test only, the real target stays clean. */
import type { SliceReport } from '../../evaluation/evaluateSlices';
import {
  type Bench,
  type BenchModel,
  type BenchPair,
  countedPairs,
  gridText,
  modelKey,
  modelsOf,
  pairKey,
  scoredTasks,
  type Task,
  taskKey,
  tasksOf,
  taskText,
} from '../bench';
import { kindOf, passesOf } from '../lab';
import { NOISE_KINDS, NOISE_LEVELS, type NoiseKind, noisySlice, WORST_NOISE } from '../noise';
import { rowsOf, unreadOf } from '../rows';
import type { Cell, Suite } from '../suite';
import type { Chart, Table } from '../suiteReport';
import {
  lacksText,
  type MeasureOf,
  madeSlices,
  meanDifference,
  modelRow,
  over,
  type PairScores,
  type Results,
  type RowScores,
  scoreCells,
  scoresKey,
  sliceScores,
  slicesText,
  worked,
} from './pairScores';

export const noise: Suite<PairScores> = {
  id: 'noise',
  title: 'Noise',
  text: `PSNR and SSIM where the source has noise of up to ${WORST_NOISE} of its mean, in the magnitude (Rician) and real-valued`,
  usual: { slices: 50, samples: 1 },
  cells: (bench) => {
    scoredTasks(bench);
    return bench.models.flatMap((model) => [
      // Without noise it is the same as of the other suites.
      ...scoreCells(bench, model),
      ...countedPairs(bench, model.card).flatMap((pair) =>
        NOISE_KINDS.flatMap((kind) =>
          NOISE_LEVELS.slice(1).map((level) => noiseCell(bench, model, pair, { kind, level })),
        ),
      ),
    ]);
  },
  report: (bench, results) => {
    const parts = tasksOf(bench).flatMap((task) =>
      NOISE_KINDS.map((kind) => ({ task, kind, rows: noiseRows(bench, task, kind, results) })),
    );
    return {
      suite: 'noise',
      title: 'Robustness against noise',
      tables: parts.flatMap((part) => MEASURES.map((measure) => levelTable(bench, part, measure))),
      charts: parts.flatMap((part) => MEASURES.map((measure) => levelChart(part, measure))),
    };
  },
};

interface Noise {
  kind: NoiseKind;
  level: number;
}

const noiseKey =
  ({ kind, level }: Noise) =>
  (bench: Bench, model: BenchModel, pair: BenchPair): string =>
    level === 0
      ? scoresKey(bench, model, pair)
      : `noise/${kind} ${level}/${modelKey(model)}/${pairKey(bench, pair)}`;

function noiseCell(bench: Bench, model: BenchModel, pair: BenchPair, at: Noise): Cell<PairScores> {
  const { seed } = bench.options;
  const { subject } = pair;
  return {
    key: noiseKey(at)(bench, model, pair),
    label: `${model.name}, ${taskText(pair.task)}, ${subject}, ${KIND_TEXTS[at.kind]} noise ${at.level}`,
    work: passesOf(bench, pair, model.card),
    kind: kindOf(model.card),
    compute: async (lab) => {
      const own = await lab.translator(model);
      const { prepared } = await lab.pair(pair, model);
      const { slices } = prepared;
      const made = await madeSlices(lab, prepared, own, {
        slices,
        seed,
        change: (pixels, slice) => noisySlice(pixels, { ...at, seed, subject, slice }),
      });
      const scores: SliceReport[] = [];
      for (const [n, image] of made.entries())
        scores.push(await worked(lab, sliceScores(prepared, slices[n], image)));
      return {
        slices: scores,
        lesionKept: null,
      };
    },
  };
}

const KIND_TEXTS: Record<NoiseKind, string> = { rician: 'Rician', real: 'real-valued' };

interface Measure {
  id: 'psnr' | 'ssim';
  label: string;
  digits: number;
  of: MeasureOf;
}

const MEASURES: readonly Measure[] = [
  { id: 'psnr', label: 'PSNR (dB)', digits: 2, of: ({ whole }) => whole?.psnr },
  { id: 'ssim', label: 'SSIM', digits: 3, of: ({ whole }) => whole?.ssim },
];

interface Part {
  task: Task;
  kind: NoiseKind;
  rows: { name: string; levels: RowScores[] }[];
}

function noiseRows(bench: Bench, task: Task, kind: NoiseKind, results: Results<PairScores>): Part['rows'] {
  return rowsOf(bench, task).map((row) => ({
    name: row.name,
    levels: NOISE_LEVELS.map((level) => modelRow(bench, task, row, results, noiseKey({ kind, level }))),
  }));
}

const titleOf = ({ task, kind }: Part, { label }: Measure) =>
  `${taskText(task)}: ${label} by ${KIND_TEXTS[kind]} noise`;

function levelTable(bench: Bench, part: Part, measure: Measure): Table {
  const { task, kind, rows } = part;
  const { id, label, digits, of } = measure;
  const slices = rows[0].levels[0].slices;
  return {
    id: `${id}-${kind}-${taskKey(task)}`,
    title: titleOf(part, measure),
    rowsAre: 'method',
    columns: [
      ...NOISE_LEVELS.map((level) => ({
        id: `c${level}`,
        label: `${level}`,
        digits,
        better: 'higher' as const,
      })),
      // None is the best: what is far from the real image has little to lose.
      { id: 'loss', label: `loss at ${WORST_NOISE}`, digits, better: null },
    ],
    rows: [
      ...rows.map(({ name, levels }) => {
        const difference = meanDifference(levels[0], levels[levels.length - 1], of);
        return {
          name,
          failed: lacksOf(levels),
          values: {
            ...Object.fromEntries(NOISE_LEVELS.map((level, n) => [`c${level}`, over(levels[n].slices, of)])),
            loss: difference === null ? null : -difference,
          },
        };
      }),
      ...unreadOf(bench, task),
    ],
    notes: [
      `${label} of whole slices, mean ± standard deviation over ${slicesText(slices)}; the columns are the noise's standard deviation in parts of the source slice's mean, nothing clipped.`,
      fieldNote(bench, task),
      kind === 'rician'
        ? "Rician: the magnitude of the slice with bivariate Gaussian noise, as the paper's."
        : 'Real-valued: Gaussian noise added to the slice.',
    ],
  };
}

/** Of the first level that lacks something: what failed, else the slices without a score. */
function lacksOf(levels: readonly RowScores[]): string | null {
  const failed = levels.find((level) => level.failed !== null);
  if (failed) return lacksText(failed);
  const at = levels.findIndex(({ unscored }) => unscored !== null);
  return at < 0 ? null : `at noise ${NOISE_LEVELS[at]} ${levels[at].unscored}`;
}

/** Noise is drawn for each pixel of a model's own image. */
function fieldNote(bench: Bench, task: Task): string {
  const byGrid = new Map<string, string[]>();
  for (const { name, card } of modelsOf(bench, task)) {
    const grid = gridText(card);
    byGrid.set(grid, [...new Set([...(byGrid.get(grid) ?? []), name])]);
  }
  if (byGrid.size === 1) return 'The noise is the same for all methods, pixel by pixel of their images.';
  const grids = [...byGrid].map(([grid, names]) => `${names.join(', ')}: ${grid}`);
  return `The noise is drawn for each pixel of a model's own image, and these differ, so that rows of different grids had different noise, finer where pixels are smaller, and their losses cannot be compared. ${grids.join('; ')}.`;
}

function levelChart(part: Part, measure: Measure): Chart {
  const { task, kind, rows } = part;
  return {
    id: `${measure.id}-${kind}-${taskKey(task)}`,
    title: `${titleOf(part, measure)}, mean ± standard deviation`,
    kind: 'curves',
    xLabel: "standard deviation of the noise, parts of the slice's mean",
    yLabel: measure.label,
    series: rows.map(({ name, levels }) => ({
      name,
      points: NOISE_LEVELS.flatMap((x, n) => {
        const found = over(levels[n].slices, measure.of);
        return found ? [{ x, y: found.mean, std: found.std }] : [];
      }),
    })),
  };
}
