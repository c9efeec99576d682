/** Variants of a method against the whole of it (the paper's section V.F): one row a variant, its scores and tests. */
import { BadRequest } from '../../../errors';
import { type Bench, modelsOf, scoredTasks, type Task, taskKey, tasksOf, taskText } from '../bench';
import { rowsOf, unreadOf } from '../rows';
import type { Suite } from '../suite';
import type { Table } from '../suiteReport';
import {
  lacksText,
  meanDifference,
  modelRow,
  over,
  type PairScores,
  type Results,
  scoreCells,
  sliceRows,
  slicesText,
} from './pairScores';
import { referenceOf, TEST_COLUMNS, TESTED, testNotes, testValues } from './tests';

export const ablation: Suite<PairScores> = {
  id: 'ablation',
  title: 'Ablation',
  text: 'variants, one a row, against the one that --against names',
  usual: { slices: null, samples: 1 },
  cells: (bench) => {
    needRows(bench, scoredTasks(bench));
    return bench.models.flatMap((model) => scoreCells(bench, model));
  },
  slices: (bench, results) => sliceRows(bench, results),
  report: (bench, results) => ({
    suite: 'ablation',
    title: 'Variants against the full model',
    tables: tasksOf(bench).map((task) => variantTable(bench, task, results, 'variant')),
    charts: TESTED.map(({ id, label, of }) => ({
      id,
      title: `${label} of variants, mean ± standard deviation over slices`,
      kind: 'bars',
      xLabel: 'variant',
      yLabel: id === 'psnr' ? 'PSNR (dB)' : label,
      series: tasksOf(bench).map((task) => ({
        name: taskText(task),
        points: rowsOf(bench, task).flatMap((row) => {
          const found = over(modelRow(bench, task, row, results).slices, of);
          return found ? [{ x: row.name, y: found.mean, std: found.std }] : [];
        }),
      })),
    })),
  }),
};

/** @throws BadRequest where no task has two rows to be compared */
function needRows(bench: Bench, tasks: readonly Task[]): void {
  if (tasks.some((task) => rowsOf(bench, task).length > 1)) return;
  const names = [...new Set(tasks.flatMap((task) => modelsOf(bench, task).map(({ name }) => name)))];
  throw new BadRequest(
    `ablation: needs two rows or more of one direction, got ${names.join(', ')}; give models of other variants, each in a folder of its name`,
  );
}

/** Each row's scores, its difference from the reference and the tests against it. */
export function variantTable(bench: Bench, task: Task, results: Results<PairScores>, rowsAre: string): Table {
  const found = rowsOf(bench, task);
  const rows = found.map((row) => modelRow(bench, task, row, results));
  const reference = referenceOf(bench, task, found, rows);
  const { row: full, why } = reference;
  const others = rows.filter((row) => row !== full);
  const tests = testValues(full, others);
  return {
    id: `variants-${taskKey(task)}`,
    title: `${taskText(task)}: against ${full.name}`,
    rowsAre,
    columns: [
      { id: 'psnr', label: 'PSNR (dB)', digits: 2, better: 'higher' },
      { id: 'psnrDifference', label: 'difference', digits: 2, better: null },
      { id: 'ssim', label: 'SSIM', digits: 3, better: 'higher' },
      { id: 'ssimDifference', label: 'difference', digits: 3, better: null },
      ...TEST_COLUMNS,
    ],
    rows: [
      ...rows.map((row) => ({
        name: row.name,
        failed: lacksText(row),
        values: {
          ...Object.fromEntries(
            TESTED.flatMap(({ id, of }) => [
              [id, over(row.slices, of)],
              [`${id}Difference`, row === full ? null : meanDifference(full, row, of)],
            ]),
          ),
          ...(row === full ? {} : tests[others.indexOf(row)]),
        },
      })),
      ...unreadOf(bench, task),
    ],
    notes: [
      `Whole slices, mean ± standard deviation over ${slicesText(full.slices)}; differences from ${full.name}, and the two-sided p of Wilcoxon's signed-rank test against it.`,
      ...testNotes(reference),
    ],
    ...(why !== null && { remark: why }),
  };
}
