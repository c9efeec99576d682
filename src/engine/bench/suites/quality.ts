/** How near each model's images are to the real ones: the paper's tables II to V, by its protocol and plain, with tests. */
import { BadRequest } from '../../../errors';
import { evaluateScan, translatedUnit } from '../../evaluation/evaluateScan';
import { type SliceReport, spread } from '../../evaluation/evaluateSlices';
import { shareKept } from '../../evaluation/lesions';
import { wilcoxonSignedRank } from '../../evaluation/wilcoxon';
import {
  type Bench,
  type BenchModel,
  type BenchPair,
  countedPairs,
  modelsOf,
  pairKey,
  type Task,
  taskKey,
  tasksOf,
  taskText,
} from '../bench';
import { holm } from '../holm';
import { failureText, referenceRow, rowsOf } from '../rows';
import type { Cell, CellResult, Lab, Suite } from '../suite';
import type { Column, Measured, Table } from '../suiteReport';

/** What a cell keeps: the scores of one model's images of a pair, or of the source itself. */
export interface PairScores {
  slices: readonly SliceReport[];
  /** Share of a lesion's contrast that the images keep, 1 for all of it; null without a lesion that one can see. */
  lesionKept: number | null;
}

/** A row that needs no model. */
const COPY = 'source as it is';

export const quality: Suite<PairScores> = {
  id: 'quality',
  title: 'Quality',
  text: 'PSNR and SSIM by the protocol of the paper and plain, of the foreground, lesions; tests against SynDiff',
  usual: { slices: null, samples: 1 },
  cells: (bench) => {
    const tasks = tasksOf(bench);
    if (tasks.length === 0)
      throw new BadRequest(
        'bench: needs models and pairs of scans of the same two contrasts, got none; choose models and scans that belong together',
      );
    const copies = tasks.flatMap((task) =>
      countedPairs(bench, task).map((pair) => copyCell(bench, task, pair)),
    );
    const made = bench.models.flatMap((model) =>
      countedPairs(bench, model.card).map((pair) => modelCell(bench, model, pair)),
    );
    return [...copies, ...made];
  },
  report: (bench, results) => {
    const tasks = tasksOf(bench).map((task) => taskScores(bench, task, results));
    return {
      suite: 'quality',
      title: 'Quality of translations',
      tables: tasks.flatMap((scores) => [scoreTable(scores), testTable(scores)]),
      charts: CHARTS.map(({ id, label }) => ({
        id,
        title: `${label}, mean ± standard deviation over slices`,
        kind: 'bars',
        xLabel: 'method',
        yLabel: label,
        series: tasks.map(({ task, rows }) => ({
          name: taskText(task),
          points: rows.flatMap(({ name, slices }) => {
            const found = over(slices, (slice) => slice.whole?.[id]);
            return found ? [{ x: name, y: found.mean, std: found.std }] : [];
          }),
        })),
      })),
    };
  },
};

const CHARTS = [
  { id: 'psnr', label: 'PSNR (dB)' },
  { id: 'ssim', label: 'SSIM' },
] as const;

const copyKey = (bench: Bench, task: Task, pair: BenchPair) =>
  `copy/${taskKey(task)}/${pairKey(bench, pair)}`;
const modelKey = (bench: Bench, model: BenchModel, pair: BenchPair) =>
  `${model.id}/${model.card.weights.sha256}/${pairKey(bench, pair)}`;

function copyCell(bench: Bench, task: Task, pair: BenchPair): Cell<PairScores> {
  const [model] = modelsOf(bench, task);
  return {
    key: copyKey(bench, task, pair),
    label: `${COPY}, ${pair.subject}`,
    work: 0,
    compute: async (lab) => scores(lab, model, pair, async ({ sourceScaled }) => sourceScaled),
  };
}

function modelCell(bench: Bench, model: BenchModel, pair: BenchPair): Cell<PairScores> {
  return {
    key: modelKey(bench, model, pair),
    label: `${model.name}, ${taskText(pair.task)}, ${pair.subject}`,
    work: Math.max(1, model.card.diffusion.steps),
    compute: async (lab) => {
      const own = await lab.translator(model);
      return scores(lab, model, pair, (prepared) =>
        translatedUnit(prepared, own, prepared.slices, bench.options.seed, lab.hooks, (index, image) =>
          lab.onSlice?.({ model, pair, index, image }),
        ),
      );
    },
  };
}

type Make = (prepared: Parameters<typeof translatedUnit>[0]) => Promise<Float32Array>;

async function scores(lab: Lab, model: BenchModel, pair: BenchPair, make: Make): Promise<PairScores> {
  const { prepared, outline } = await lab.pair(pair, model);
  const image = await make(prepared);
  const { methods, lesions } = evaluateScan(prepared, new Map([['model', image]]), model.card, outline);
  return { slices: methods.get('model')!, lesionKept: lesions?.methods.get('model')?.kept ?? null };
}

/** Of a row: the scores of its slices, each the mean over its runs, in the same order for all rows; null where one has none. */
interface RowScores {
  name: string;
  slices: readonly (SliceScores & { patient: string })[];
  kept: readonly { patient: string; kept: number | null }[];
  /** Mean PSNR of each run: how much the seed of a training decides. */
  runs: readonly number[];
  failed: string | null;
}

type SliceScores = Pick<SliceReport, 'whole' | 'foreground' | 'paper'>;

interface TaskScores {
  task: Task;
  reference: string;
  rows: RowScores[];
  patients: number;
}

function taskScores(
  bench: Bench,
  task: Task,
  results: ReadonlyMap<string, CellResult<PairScores>>,
): TaskScores {
  const pairs = countedPairs(bench, task);
  const rows = rowsOf(bench, task);
  const of = (name: string, keys: readonly ((pair: BenchPair) => string)[]) =>
    rowScores(name, keys, pairs, results);
  return {
    task,
    reference: referenceRow(rows).name,
    rows: [
      of(COPY, [(pair) => copyKey(bench, task, pair)]),
      ...rows.map(({ name, runs }) =>
        of(
          name,
          runs.map((model) => (pair: BenchPair) => modelKey(bench, model, pair)),
        ),
      ),
    ],
    patients: new Set(pairs.map(({ patient }) => patient)).size,
  };
}

function rowScores(
  name: string,
  keys: readonly ((pair: BenchPair) => string)[],
  pairs: readonly BenchPair[],
  results: ReadonlyMap<string, CellResult<PairScores>>,
): RowScores {
  const reasons: string[] = [];
  const found = pairs.map((pair) =>
    keys.flatMap((key) => {
      const result = results.get(key(pair));
      if (result && 'value' in result) return [{ pair, ...result.value }];
      reasons.push(result ? `${pair.subject}: ${result.failed}` : `${pair.subject}: not computed yet`);
      return [];
    }),
  );
  // A pair that a run lacks is missing for all of the row: means over different slices cannot be compared.
  const whole = found.filter((runs) => runs.length === keys.length);
  return {
    name,
    slices: whole.flatMap((runs) =>
      runs[0].slices.map((_, n) => ({
        patient: runs[0].pair.patient,
        ...meanSlice(runs.map(({ slices }) => slices[n])),
      })),
    ),
    kept: whole.flat().map(({ pair, lesionKept }) => ({ patient: pair.patient, kept: lesionKept })),
    runs: keys.flatMap(
      (_, run) =>
        over(
          whole.flatMap((runs) => runs[run].slices),
          ({ whole: all }) => all?.psnr,
        )?.mean ?? [],
    ),
    failed: failureText(reasons, pairs.length * keys.length),
  };
}

/** A measure that a run lacks is missing. */
function meanSlice(runs: readonly SliceReport[]): SliceScores {
  const mean = (values: readonly (number | null | undefined)[]) => {
    const numbers = values.filter((value) => value !== null && value !== undefined);
    return numbers.length === values.length ? spread(numbers).mean : null;
  };
  const part = (name: 'whole' | 'foreground') => {
    const [ssim, mae] = [mean(runs.map((run) => run[name]?.ssim)), mean(runs.map((run) => run[name]?.mae))];
    return ssim === null || mae === null
      ? null
      : { psnr: mean(runs.map((run) => run[name]?.psnr)), ssim, mae };
  };
  const paperSsim = mean(runs.map(({ paper }) => paper?.ssim));
  return {
    whole: part('whole'),
    foreground: part('foreground'),
    paper: paperSsim === null ? null : { psnr: mean(runs.map(({ paper }) => paper?.psnr)), ssim: paperSsim },
  };
}

type Pick1 = (slice: SliceScores) => number | null | undefined;

function over(slices: readonly SliceScores[], of: Pick1): Measured | null {
  const values = slices.flatMap((slice) => of(slice) ?? []);
  return values.length > 0 ? spread(values) : null;
}

const MEASURES: readonly (Column & { of: Pick1 })[] = [
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

const KEPT: Column = { id: 'lesionKept', label: 'lesion contrast kept', digits: 2, better: null };
const RUNS: Column = { id: 'runs', label: 'PSNR (dB) of runs', digits: 2, better: null };

function scoreTable({ task, rows, patients }: TaskScores): Table {
  const hasRuns = rows.some(({ runs }) => runs.length > 1);
  const hasLesions = rows.some(({ kept }) => shareKept(kept) !== null);
  const columns = [
    ...MEASURES.map(({ of: _, ...column }) => column),
    ...(hasLesions ? [KEPT] : []),
    ...(hasRuns ? [RUNS] : []),
  ];
  const [{ slices }] = rows;
  return {
    id: `scores-${taskKey(task)}`,
    title: taskText(task),
    rowsAre: 'method',
    columns,
    rows: rows.map((row) => ({
      name: row.name,
      failed: row.failed,
      values: {
        ...Object.fromEntries(MEASURES.map(({ id, of }) => [id, over(row.slices, of)])),
        lesionKept: shareKept(row.kept),
        runs: row.runs.length > 1 ? spread(row.runs) : null,
      },
    })),
    notes: [
      `Mean ± standard deviation over ${slices.length} slices of ${patients} patients; "paper": both images divided by their means, then by the reference's greatest value.`,
      ...(hasLesions
        ? ["Lesion contrast kept: the synthetic lesion's contrast / the real one's, median over patients."]
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
function testTable({ task, reference, rows }: TaskScores): Table {
  const own = rows.find(({ name }) => name === reference)!;
  const others = rows.filter(({ name }) => name !== reference && name !== COPY);
  const tests = CHARTS.map(({ id, label }) => {
    const of: Pick1 = ({ whole }) => whole?.[id];
    const perPatient = others.map((row) => wilcoxon(own, row, of, true));
    return {
      id,
      label,
      perSlice: others.map((row) => wilcoxon(own, row, of, false)),
      perPatient,
      adjusted: holm(perPatient),
    };
  });
  const p = (id: string, label: string): Column => ({ id, label, digits: 4, better: null });
  return {
    id: `tests-${taskKey(task)}`,
    title: `${taskText(task)}: ${reference} against each other, Wilcoxon's signed-rank test, two-sided p`,
    rowsAre: 'method',
    columns: tests.flatMap(({ id, label }) => [
      p(`${id}Slices`, `${label.split(' ')[0]}: slices`),
      p(`${id}Patients`, 'patients'),
      p(`${id}Holm`, 'patients, Holm'),
    ]),
    rows: others.map(({ name, failed }, n) => ({
      name,
      failed,
      values: Object.fromEntries(
        tests.flatMap(({ id, perSlice, perPatient, adjusted }) => [
          [`${id}Slices`, perSlice[n]],
          [`${id}Patients`, perPatient[n]],
          [`${id}Holm`, adjusted[n]],
        ]),
      ),
    })),
    notes: [
      "Slices of one patient are not independent of each other: the column of slices is the paper's, that of patients (their means) is the one to go by; Holm adjusts it for all rivals.",
      `The least p that ${new Set(own.slices.map(({ patient }) => patient)).size} patients can give is ${smallestText(own)}.`,
    ],
  };
}

function smallestText({ slices }: RowScores): string {
  const n = new Set(slices.map(({ patient }) => patient)).size;
  return Math.min(1, 2 ** (1 - n)).toFixed(4);
}

/** Null where the two have no slice in common. */
function wilcoxon(own: RowScores, other: RowScores, of: Pick1, perPatient: boolean): number | null {
  if (own.slices.length !== other.slices.length) return null;
  const pairs = own.slices.flatMap((slice, n) => {
    const [a, b] = [of(slice), of(other.slices[n])];
    return a === null || a === undefined || b === null || b === undefined
      ? []
      : [{ patient: slice.patient, a, b }];
  });
  const groups = new Map<string, typeof pairs>();
  for (const [n, pair] of pairs.entries()) {
    const key = perPatient ? pair.patient : `${n}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  if (groups.size === 0) return null;
  return wilcoxonSignedRank(
    [...groups.values()].map((group) => spread(group.map(({ a }) => a)).mean),
    [...groups.values()].map((group) => spread(group.map(({ b }) => b)).mean),
  ).p;
}
