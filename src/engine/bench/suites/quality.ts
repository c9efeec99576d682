/** How near each model's images are to the real ones: the paper's tables II to V, by its protocol and plain, with tests. */
import { spread } from '../../evaluation/evaluateSlices';
import { LESION_RULES, LESIONS_BY, type LesionsBy } from '../../evaluation/lesionRules';
import { shareKept } from '../../evaluation/lesions';
import { type Bench, scoredTasks, type Task, taskKey, tasksOf, taskText } from '../bench';
import { rowsOf, unreadOf } from '../rows';
import type { Suite } from '../suite';
import type { Column, Table } from '../suiteReport';
import {
  freeCells,
  freeRows,
  lacksText,
  type MeasureOf,
  modelRow,
  over,
  type PairScores,
  type Results,
  type RowScores,
  scoreCells,
  sliceRows,
  slicesText,
} from './pairScores';
import { type Reference, referenceOf, TEST_COLUMNS, testNotes, testValues } from './tests';

export const quality: Suite<PairScores> = {
  id: 'quality',
  title: 'Quality',
  text: 'PSNR and SSIM by the protocol of the paper and plain, of the foreground, lesions; tests against SynDiff',
  usual: { slices: null, samples: 1 },
  cells: (bench) => {
    const tasks = scoredTasks(bench);
    return [
      ...tasks.flatMap((task) => freeCells(bench, task)),
      ...bench.models.flatMap((model) => scoreCells(bench, model)),
    ];
  },
  slices: (bench, results) => sliceRows(bench, results, true),
  report: (bench, results) => {
    const tasks = tasksOf(bench).map((task) => taskScores(bench, task, results));
    return {
      suite: 'quality',
      title: 'Quality of translations',
      tables: tasks.flatMap((scores) => [
        scoreTable(bench, scores),
        ...(scores.models.length > 1 ? [testTable(scores)] : []),
      ]),
      charts: CHARTS.map(({ id, label }) => ({
        id,
        title: `${label}, mean ± standard deviation over slices`,
        kind: 'bars',
        xLabel: 'method',
        yLabel: label,
        series: tasks.map(({ task, free, models }) => ({
          name: taskText(task),
          points: [...free, ...models].flatMap(({ name, slices }) => {
            const found = over(slices, ({ paper }) => paper?.[id]);
            return found ? [{ x: name, y: found.mean, std: found.std }] : [];
          }),
        })),
      })),
    };
  },
};

/** Of the measures that stand first in the table. */
const CHARTS = [
  { id: 'psnr', label: 'PSNR (dB), paper' },
  { id: 'ssim', label: 'SSIM, paper' },
] as const;

interface TaskScores {
  task: Task;
  free: RowScores[];
  models: RowScores[];
  reference: Reference;
}

function taskScores(bench: Bench, task: Task, results: Results<PairScores>): TaskScores {
  const rows = rowsOf(bench, task);
  const models = rows.map((row) => modelRow(bench, task, row, results));
  return {
    task,
    free: freeRows(bench, task, results),
    models,
    reference: referenceOf(bench, task, rows, models),
  };
}

const MEASURES: readonly (Column & { of: MeasureOf })[] = [
  { id: 'paperPsnr', label: 'PSNR (dB), paper', digits: 2, better: 'higher', of: ({ paper }) => paper?.psnr },
  { id: 'paperSsim', label: 'SSIM, paper', digits: 3, better: 'higher', of: ({ paper }) => paper?.ssim },
  { id: 'psnr', label: 'PSNR (dB)', digits: 2, better: 'higher', of: ({ whole }) => whole?.psnr },
  { id: 'ssim', label: 'SSIM', digits: 3, better: 'higher', of: ({ whole }) => whole?.ssim },
  {
    id: 'foregroundPsnr',
    label: 'foreground PSNR (dB)',
    digits: 2,
    better: 'higher',
    of: ({ foreground }) => foreground?.psnr,
  },
  {
    id: 'foregroundSsim',
    label: 'foreground SSIM',
    digits: 3,
    better: 'higher',
    of: ({ foreground }) => foreground?.ssim,
  },
];

/** Which lesions is part of the name: outlined ones and those of the rule are other voxels, with other shares. */
const KEPT: Record<LesionsBy, Column> = {
  outline: { id: 'lesionKept', label: 'lesion contrast kept, outlined', digits: 2, better: null },
  bright: { id: 'brightKept', label: 'lesion contrast kept, bright in FLAIR', digits: 2, better: null },
};
const KEPT_NAMES: Record<LesionsBy, string> = { outline: 'Outlined', bright: 'Bright in FLAIR' };
const RUNS: Column = { id: 'runs', label: 'PSNR (dB) of runs', digits: 2, better: null };

function scoreTable(bench: Bench, { task, free, models }: TaskScores): Table {
  const rows = [...free, ...models];
  const hasRuns = rows.some(({ runs }) => runs.length > 1);
  const keptBy = (row: RowScores, by: LesionsBy) => shareKept(row.kept.filter((one) => one.by === by));
  const lesions = LESIONS_BY.filter((by) => rows.some((row) => keptBy(row, by) !== null));
  const columns = [
    ...MEASURES.map(({ of: _, ...column }) => column),
    ...lesions.map((by) => KEPT[by]),
    ...(hasRuns ? [RUNS] : []),
  ];
  const [{ slices }] = free;
  return {
    id: `scores-${taskKey(task)}`,
    title: taskText(task),
    rowsAre: 'method',
    columns,
    rows: [
      ...rows.map((row) => ({
        name: row.name,
        failed: lacksText(row),
        values: {
          ...Object.fromEntries(MEASURES.map(({ id, of }) => [id, over(row.slices, of)])),
          ...Object.fromEntries(lesions.map((by) => [KEPT[by].id, keptBy(row, by)])),
          runs: row.runs.length > 1 ? spread(row.runs) : null,
        },
      })),
      ...unreadOf(bench, task),
    ],
    notes: [
      `Mean ± standard deviation over ${slicesText(slices)}; "paper": both images divided by their means, then by the reference's greatest value.`,
      ...(lesions.length > 0
        ? [
            `Lesion contrast kept: the synthetic lesion's contrast / the real one's, median over patients. ${lesions.map((by) => `${KEPT_NAMES[by]}: lesions by ${LESION_RULES[by]}.`).join(' ')}`,
          ]
        : []),
      ...(hasRuns
        ? [
            "PSNR of runs: mean ± standard deviation over trainings from different seeds; the other columns are of each slice's mean over them.",
          ]
        : []),
    ],
  };
}

/** Wilcoxon's test of the reference against each other row, on what both have. */
function testTable({ task, models, reference }: TaskScores): Table {
  const { row: own, why } = reference;
  const others = models.filter((row) => row !== own);
  const values = testValues(own, others);
  return {
    id: `tests-${taskKey(task)}`,
    title: `${taskText(task)}: ${own.name} against each of the others, Wilcoxon's signed-rank test, two-sided p`,
    rowsAre: 'method',
    columns: TEST_COLUMNS,
    rows: others.map((row, n) => ({ name: row.name, failed: lacksText(row), values: values[n] })),
    notes: testNotes(reference),
    ...(why !== null && { remark: why }),
  };
}
