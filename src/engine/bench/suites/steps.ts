/** How many reverse steps SynDiff needs (the paper's table VIII): models of other step sizes, with the time of a slice. */
import { BadRequest } from '../../../errors';
import { type Bench, type BenchModel, scoredTasks, type Task, tasksOf, taskText } from '../bench';
import type { TranslationComplexity } from '../complexity';
import { rowsOf } from '../rows';
import type { CellResult, Suite } from '../suite';
import type { Table } from '../suiteReport';
import { needRows, variantTable } from './ablation';
import { translationCell, translationKey } from './complexity';
import { modelRow, over, type PairScores, type Results, scoreCells } from './pairScores';
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
    needRows(bench, scoredTasks(bench), 'steps');
    return bench.models.flatMap((model) => [...scoreCells(bench, model), translationCell(bench, model)]);
  },
  report: (whole, results) => {
    const bench = ofSynDiff(whole);
    const scores = results as Results<PairScores>;
    const times = results as Results<TranslationComplexity>;
    return {
      suite: 'steps',
      title: 'Number of reverse steps',
      tables: tasksOf(bench).map((task) => stepTable(bench, task, scores, times)),
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

/** Those models alone, the fewest steps first. */
function ofSynDiff(bench: Bench): Bench {
  const stepsOf = ({ card }: BenchModel) => card.diffusion.steps;
  const models = bench.models.filter(({ card }) => card.network.method === 'syndiff');
  return { ...bench, models: models.toSorted((a, b) => stepsOf(a) - stepsOf(b)) };
}

function stepTable(
  bench: Bench,
  task: Task,
  scores: Results<PairScores>,
  times: Results<TranslationComplexity>,
): Table {
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
      const [model] = rows[n].runs;
      const time: CellResult<TranslationComplexity> | undefined = times.get(translationKey(bench, model));
      const known = time && 'value' in time ? time.value : null;
      return {
        ...row,
        failed: row.failed ?? (time && 'failed' in time ? time.failed : null),
        values: { ...row.values, steps: model.card.diffusion.steps, seconds: known?.secondsSlice ?? null },
      };
    }),
    notes: [...table.notes, 'Seconds a slice: warm, batch 1, on this machine.'],
  };
}
