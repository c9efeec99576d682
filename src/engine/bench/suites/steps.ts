/**
 * How many reverse steps SynDiff needs (the paper's table VIII): models of other step sizes, with the time of a slice. A number of steps
 * has one row, so that nothing else differs between two: other variants are ablation's.
 */
import { BadRequest } from '../../../errors';
import { type Bench, type BenchModel, scoredTasks, type Task, taskKey, tasksOf, taskText } from '../bench';
import type { TranslationComplexity } from '../complexity';
import { type RunsOfName, referenceRow, rowsOf } from '../rows';
import type { CellResult, Suite } from '../suite';
import type { Table } from '../suiteReport';
import { variantTable } from './ablation';
import { translationCell, translationKey } from './complexity';
import { modelRow, over, type PairScores, type Results, scoreCells, sliceRows } from './pairScores';
import { TESTED } from './tests';

type Found = PairScores | TranslationComplexity;

export const steps: Suite<Found> = {
  id: 'steps',
  title: 'Steps',
  text: "SynDiff's models of other numbers of steps, with seconds a slice",
  usual: { slices: null, samples: 1 },
  cells: (whole) => {
    const bench = ofSynDiff(whole);
    if (bench.models.length === 0)
      throw new BadRequest(
        'steps: needs models of SynDiff of several numbers of steps, got none of SynDiff; train some with --reverse-steps',
      );
    const tasks = scoredTasks(bench);
    if (tasks.every((task) => rowsOf(bench, task).length < 2)) {
      const counts = new Set(bench.models.map(({ card }) => card.diffusion.steps));
      throw new BadRequest(
        `steps: needs models of SynDiff of two numbers of steps or more, of one direction, got ${[...counts].join(', ')} alone; train some with --reverse-steps`,
      );
    }
    return bench.models.flatMap((model) => [...scoreCells(bench, model), translationCell(bench, model)]);
  },
  slices: (bench, results) => sliceRows(ofSynDiff(bench), results as Results<PairScores>),
  report: (whole, results) => {
    const bench = ofSynDiff(whole);
    const scores = results as Results<PairScores>;
    const times = results as Results<TranslationComplexity>;
    return {
      suite: 'steps',
      title: 'Number of reverse steps',
      tables: tasksOf(bench).map((task) =>
        stepTable(bench, task, { scores, times, leftOut: othersOf(whole, task) }),
      ),
      charts: TESTED.map(({ id, label, of }) => ({
        id,
        title: `${label} by the number of reverse steps, mean ± standard deviation over slices`,
        kind: 'curves',
        xLabel: 'reverse steps',
        yLabel: id === 'psnr' ? 'PSNR (dB)' : label,
        series: tasksOf(bench).map((task) => ({
          name: taskText(task),
          points: rowsOf(bench, task).flatMap((row) => {
            const found = over(modelRow(bench, task, row, scores).slices, of);
            return found ? [{ x: row.runs[0].card.diffusion.steps, y: found.mean, std: found.std }] : [];
          }),
        })),
      })),
    };
  },
};

const isSynDiff = ({ card }: BenchModel): boolean => card.network.method === 'syndiff';
const stepsOf = ({ runs }: RunsOfName): number => runs[0].card.diffusion.steps;

/** Of SynDiff's rows of a task one for each number of steps: the reference for its own, of the others the first; the fewest steps first. */
function stepRows({ models, options }: Bench, task: Task): RunsOfName[] {
  const rows = rowsOf({ models: models.filter(isSynDiff) }, task);
  if (rows.length === 0) return [];
  const reference = referenceRow(rows, options.against);
  const first = (count: number) =>
    count === stepsOf(reference) ? reference : rows.find((row) => stepsOf(row) === count)!;
  return [...new Set(rows.map(stepsOf))].sort((a, b) => a - b).map(first);
}

/** Those rows' models alone. */
function ofSynDiff(bench: Bench): Bench {
  const tasks = new Map<string, Task>(bench.models.map(({ card }) => [taskKey(card), card]));
  return {
    ...bench,
    models: [...tasks.values()].flatMap((task) => stepRows(bench, task).flatMap(({ runs }) => runs)),
  };
}

/** SynDiff's other rows of a task. */
function othersOf(bench: Bench, task: Task): string[] {
  const taken = new Set(stepRows(bench, task).map(({ name }) => name));
  return rowsOf({ models: bench.models.filter(isSynDiff) }, task)
    .map(({ name }) => name)
    .filter((name) => !taken.has(name));
}

interface StepsFound {
  scores: Results<PairScores>;
  times: Results<TranslationComplexity>;
  leftOut: readonly string[];
}

function stepTable(bench: Bench, task: Task, { scores, times, leftOut }: StepsFound): Table {
  const table = variantTable(bench, task, scores, 'model');
  const rows = rowsOf(bench, task);
  return {
    ...table,
    columns: [
      { id: 'steps', label: 'steps', digits: 0, better: null },
      ...table.columns.slice(0, 4),
      { id: 'seconds', label: 'seconds a slice', digits: 3, better: 'lower' },
      ...table.columns.slice(4),
    ],
    rows: table.rows.map((row, n) => {
      // Behind them are models that cannot be read.
      const model = rows[n]?.runs[0];
      if (!model) return row;
      const time: CellResult<TranslationComplexity> | undefined = times.get(translationKey(bench, model));
      const known = time && 'value' in time ? time.value : null;
      return {
        ...row,
        failed: row.failed ?? (time && 'failed' in time ? time.failed : null),
        values: { ...row.values, steps: model.card.diffusion.steps, seconds: known?.secondsSlice ?? null },
      };
    }),
    notes: [
      ...table.notes,
      'Seconds a slice: warm, batch 1, on this machine.',
      ...(leftOut.length > 0
        ? [`One row a number of steps; left out, as variants of the same number: ${leftOut.join(', ')}.`]
        : []),
    ],
  };
}
