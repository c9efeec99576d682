/** Scores of models' images of pairs, and of what needs no model: the cells that several suites share, and the rows of their tables. */

import { Aborted, BadRequest } from '../../../errors';
import { counted } from '../../counted';
import { onScale } from '../../evaluation/dataRange';
import {
  baselineImages,
  type CardTranslator,
  type PreparedPair,
  sliceReports,
  translatedUnit,
} from '../../evaluation/evaluateScan';
import { type SliceReport, scoredSlices, spread } from '../../evaluation/evaluateSlices';
import type { LesionsBy } from '../../evaluation/lesionRules';
import { lesionMeasures } from '../../evaluation/lesions';
import type { Missing } from '../../evaluation/metrics/missing';
import { wilcoxonSignedRank } from '../../evaluation/wilcoxon';
import { inPieces, type Pieces } from '../../pieces';
import type { ChangeInput } from '../../translateScan';
import {
  type Bench,
  type BenchModel,
  type BenchPair,
  countedPairs,
  modelKey,
  modelsOf,
  pairKey,
  scaleKey,
  type Task,
  type TaskBaselines,
  taskKey,
  tasksOf,
  taskText,
} from '../bench';
import { kindOf, passesOf } from '../lab';
import { AWAITED, missingText, type RunsOfName } from '../rows';
import type { Cell, CellResult, Lab } from '../suite';
import type { Measured } from '../suiteReport';

/** What a cell keeps: the scores of one model's images of a pair, or of an image that needs no model. */
export interface PairScores {
  slices: readonly SliceReport[];
  /** Share of a lesion's contrast that the images keep, 1 for all of it; null without a lesion that one can see. */
  lesionKept: number | null;
}

export type Results<R> = ReadonlyMap<string, CellResult<R>>;

/** Rows that need no model. */
const FREE_ROWS = {
  copy: 'source as it is',
  histogram: 'histogram-matched source',
  regression: 'intensity regression',
} as const;
type FreeRow = keyof typeof FREE_ROWS;

const baselinesOf = ({ baselines = [] }: Bench, task: Task): TaskBaselines | null =>
  baselines.find((one) => taskKey(one.task) === taskKey(task)) ?? null;

const freeRowsOf = (bench: Bench, task: Task): FreeRow[] =>
  baselinesOf(bench, task) ? ['copy', 'histogram', 'regression'] : ['copy'];

function freeKey(bench: Bench, task: Task, row: FreeRow, pair: BenchPair): string {
  const [{ card }] = modelsOf(bench, task);
  const fitted = row === 'copy' ? '' : baselinesOf(bench, task)!.data;
  return `scores/${row}/${fitted}/${scaleKey(card)}/${pairKey(bench, pair)}`;
}

export const scoresKey = (bench: Bench, model: BenchModel, pair: BenchPair): string =>
  `scores/${modelKey(model)}/${pairKey(bench, pair)}`;

export function freeCells(bench: Bench, task: Task): Cell<PairScores>[] {
  const [model] = modelsOf(bench, task);
  return countedPairs(bench, task).flatMap((pair) =>
    freeRowsOf(bench, task).map((row) => ({
      key: freeKey(bench, task, row, pair),
      label: `${FREE_ROWS[row]}, ${taskText(task)}, ${pair.subject}`,
      work: 0,
      kind: 'free of a model',
      compute: (lab) =>
        scoresOf(lab, model, pair, async (prepared) => {
          if (row === 'copy') return prepared.sourceScaled;
          const fitted = await lab.baselines(baselinesOf(bench, task)!, model.card);
          const image = baselineImages(prepared, fitted).get(row);
          if (!image)
            throw new BadRequest(
              `${FREE_ROWS[row]}: needs pairs of training scans with head, got none; choose data with a train split`,
            );
          return image;
        }),
    })),
  );
}

export function scoreCells(bench: Bench, model: BenchModel): Cell<PairScores>[] {
  return countedPairs(bench, model.card).map((pair) => ({
    key: scoresKey(bench, model, pair),
    label: `${model.name}, ${taskText(pair.task)}, ${pair.subject}`,
    work: passesOf(bench, pair, model.card),
    kind: kindOf(model.card),
    compute: async (lab) => {
      const own = await lab.translator(model);
      return scoresOf(lab, model, pair, (prepared) =>
        translatedUnit(prepared, own, prepared.slices, bench.options.seed, lab.hooks, (index, image) =>
          lab.onSlice?.({ model, pair, index, image }),
        ),
      );
    },
  }));
}

/** A slice's image against the real one. @param image on the scale, as `onScale` gives it */
export function* sliceScores(
  { target: { shape }, targetUnit, foreground, inside }: PreparedPair,
  index: number,
  image: Float32Array,
): Pieces<SliceReport> {
  const [width, height] = shape;
  const [from, to] = [index * width * height, (index + 1) * width * height];
  const slice = {
    shape: [width, height, 1] as const,
    synthetic: image,
    reference: targetUnit.subarray(from, to),
    foreground: foreground.subarray(from, to),
    inside: inside.subarray(from, to),
  };
  const [scores] = yield* scoredSlices(slice, [0]);
  return { ...scores, index };
}

/** What a model makes of slices, each on the scale, in their order. @param change as of `translatedUnit` */
export async function madeSlices(
  lab: Lab,
  prepared: PreparedPair,
  own: CardTranslator,
  { slices, seed, change }: { slices: readonly number[]; seed: number; change?: ChangeInput },
): Promise<Float32Array[]> {
  const made: Float32Array[] = [];
  const keep = (_: number, image: Float32Array) => made.push(onScale(image, prepared.frame));
  await translatedUnit(prepared, own, slices, seed, lab.hooks, keep, change);
  return made;
}

/** Work on the processor, as the lab's hooks let it go on. */
export const worked = <T>(lab: Lab, work: Pieces<T>): Promise<T> =>
  inPieces(work, lab.hooks, () => lab.now());

/** Between two things that take the processor for a while: a cancel that waits. @throws Aborted */
async function hear({ hooks }: Lab): Promise<void> {
  await hooks.pause?.();
  if (hooks.signal?.aborted) throw new Aborted('bench: cancelled');
}

async function scoresOf(
  lab: Lab,
  model: BenchModel,
  pair: BenchPair,
  make: (prepared: PreparedPair) => Promise<Float32Array>,
): Promise<PairScores> {
  const { prepared, lesions } = await lab.pair(pair, model);
  await hear(lab);
  const image = await make(prepared);
  await hear(lab);
  const found = await worked(lab, lesions());
  const kept = found && (await worked(lab, lesionMeasures(image, prepared.targetUnit, found.regions)));
  return {
    slices: await worked(lab, sliceReports(prepared, image)),
    lesionKept: kept ? kept.kept : null,
  };
}

/** Of a row: the scores of its slices, each the mean over its runs; a pair that a run lacks is missing for all of the row. */
export interface RowScores {
  name: string;
  slices: readonly RowSlice[];
  kept: readonly { patient: string; kept: number | null; by: LesionsBy }[];
  /** Mean PSNR of each run: how much the seed of a training decides. */
  runs: readonly number[];
  failed: string | null;
  /** Which slices have no score, so that the means are over the others, and why; null where all have one. */
  unscored: string | null;
}

export interface RowSlice extends SliceScores {
  /** No two of a row have the same, and the same of two rows is one slice. */
  at: string;
  patient: string;
  /** Of the first run without a score of it. */
  missing: Missing | null;
}

export type SliceScores = Pick<SliceReport, 'whole' | 'foreground' | 'paper'>;

export const freeRows = (bench: Bench, task: Task, results: Results<PairScores>): RowScores[] =>
  freeRowsOf(bench, task).map((row) =>
    rowScores(
      FREE_ROWS[row],
      [(pair) => freeKey(bench, task, row, pair)],
      countedPairs(bench, task),
      results,
    ),
  );

/** @param keyOf of the cells that are meant */
export const modelRow = (
  bench: Bench,
  task: Task,
  { name, runs }: RunsOfName,
  results: Results<PairScores>,
  keyOf = scoresKey,
): RowScores =>
  rowScores(
    name,
    runs.map((model) => (pair: BenchPair) => keyOf(bench, model, pair)),
    countedPairs(bench, task),
    results,
  );

/** Of a row's pairs: what each of its runs came to, without pairs that one of them lacks; and why they do. */
export function wholePairs<R>(
  keys: readonly ((pair: BenchPair) => string)[],
  pairs: readonly BenchPair[],
  results: Results<R>,
): { whole: { pair: BenchPair; runs: R[] }[]; failed: string | null } {
  const missing: (string | null)[] = [];
  const whole = pairs.flatMap((pair) => {
    const runs = keys.flatMap((key) => {
      const result = results.get(key(pair));
      if (result && 'value' in result) return [result.value];
      missing.push(result ? `${pair.subject}: ${result.failed}` : null);
      return [];
    });
    return runs.length === keys.length ? [{ pair, runs }] : [];
  });
  return { whole, failed: missingText(missing, pairs.length * keys.length) };
}

function rowScores(
  name: string,
  keys: readonly ((pair: BenchPair) => string)[],
  pairs: readonly BenchPair[],
  results: Results<PairScores>,
): RowScores {
  const { whole, failed } = wholePairs(keys, pairs, results);
  const rowSlices = whole.flatMap(({ pair, runs }) =>
    runs[0].slices.map(({ index }, n): RowSlice => {
      const ofRuns = runs.map(({ slices }) => slices[n]);
      return {
        at: `${pair.subject}/${index}`,
        patient: pair.patient,
        missing: ofRuns.find(({ missing }) => missing)?.missing ?? null,
        ...meanSlice(ofRuns),
      };
    }),
  );
  return {
    name,
    slices: rowSlices,
    kept: whole.flatMap(({ pair, runs }) =>
      runs.map(({ lesionKept }) => ({
        patient: pair.patient,
        kept: lesionKept,
        by: pair.isOutlined ? 'outline' : 'bright',
      })),
    ),
    runs: keys.flatMap(
      (_, run) =>
        over(
          whole.flatMap(({ runs }) => runs[run].slices),
          (slice) => slice.whole?.psnr,
        )?.mean ?? [],
    ),
    failed,
    unscored: unscoredText(rowSlices),
  };
}

const FAULTS: Record<Missing['fault'], string> = {
  constant: 'one value throughout',
  'not finite': 'NaN or infinite',
};

function unscoredText(slices: readonly RowSlice[]): string | null {
  const missing = slices.flatMap((slice) => (slice.whole === null ? (slice.missing ?? []) : []));
  const faults = [...new Set(missing.map(({ fault }) => FAULTS[fault]))].join(' or ');
  const texts = [
    ...(missing.length > 0 ? [`${unscoredCount(missing.length, slices.length)}: images of ${faults}`] : []),
    ...(slices.some(({ whole, paper }) => whole !== null && paper === null)
      ? ["others have none by the paper's protocol: the mean of one of the images is not above 0"]
      : []),
  ];
  return texts.length > 0 ? texts.join('; ') : null;
}

/** "3 of 10 slices have no score and are left out of its means". */
export const unscoredCount = (missing: number, slices: number): string =>
  missing === slices
    ? `${slices === 1 ? 'its one slice has no' : `none of its ${slices} slices has a`} score`
    : `${missing} of ${counted(slices, 'slice')} ${missing === 1 ? 'has no score and is' : 'have no score and are'} left out of its means`;

/** Why something of a row is missing, in a sentence; null where nothing is. */
export const lacksText = ({ failed, unscored }: Pick<RowScores, 'failed' | 'unscored'>): string | null =>
  [failed, unscored].filter((text) => text !== null).join('; ') || null;

/** The scores of each slice of each model's images, and of those that need none: for other programs. */
export function sliceRows(bench: Bench, results: Results<PairScores>, free = false): object[] {
  const slicesOf = (key: string, pair: BenchPair, of: object) => {
    const result = results.get(key);
    const slices = result && 'value' in result ? result.value.slices : [];
    const { subject, patient } = pair;
    return slices.map(({ index, ...scores }) => ({
      ...{ task: taskText(pair.task), ...of, subject, patient, slice: index },
      ...scores,
    }));
  };
  const rows = (free ? tasksOf(bench) : []).flatMap((task) =>
    freeRowsOf(bench, task).flatMap((row) =>
      countedPairs(bench, task).flatMap((pair) =>
        slicesOf(freeKey(bench, task, row, pair), pair, { row: FREE_ROWS[row] }),
      ),
    ),
  );
  const models = bench.models.flatMap((model) =>
    countedPairs(bench, model.card).flatMap((pair) =>
      slicesOf(scoresKey(bench, model, pair), pair, { row: model.name, card: model.id }),
    ),
  );
  return [...rows, ...models];
}

/** Nothing of it was scored, and not because its turn has not come. */
export const isFailed = ({ slices, ...row }: Pick<RowScores, 'slices' | 'failed' | 'unscored'>): boolean => {
  const why = lacksText(row);
  return slices.every(({ whole }) => whole === null) && why !== null && why !== AWAITED;
};

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

export type MeasureOf = (slice: SliceScores) => number | null | undefined;

/** Null where no slice has the measure. */
export function over(slices: readonly SliceScores[], of: MeasureOf): Measured | null {
  const values = slices.flatMap((slice) => of(slice) ?? []);
  return values.length > 0 ? spread(values) : null;
}

/** What both rows have of a measure, slice by slice or patient by patient (means). */
function matched(
  own: RowScores,
  other: RowScores,
  of: MeasureOf,
  each: 'slice' | 'patient',
): { own: number; other: number }[] {
  const theirs = new Map(other.slices.map((slice) => [slice.at, slice]));
  const groups = new Map<string, { own: number[]; other: number[] }>();
  for (const slice of own.slices) {
    const found = theirs.get(slice.at);
    const [a, b] = [of(slice), found && of(found)];
    if (a === null || a === undefined || b === null || b === undefined) continue;
    const key = each === 'slice' ? slice.at : slice.patient;
    const group = groups.get(key) ?? { own: [], other: [] };
    group.own.push(a);
    group.other.push(b);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({
    own: spread(group.own).mean,
    other: spread(group.other).mean,
  }));
}

/** Two-sided p of Wilcoxon's signed-rank test; null where the two have nothing in common. */
export function wilcoxonP(
  own: RowScores,
  other: RowScores,
  of: MeasureOf,
  each: 'slice' | 'patient',
): number | null {
  const pairs = matched(own, other, of, each);
  if (pairs.length === 0) return null;
  return wilcoxonSignedRank(
    pairs.map((pair) => pair.own),
    pairs.map((pair) => pair.other),
  ).p;
}

/** Mean of other less own over the slices that both have; null without any. */
export function meanDifference(own: RowScores, other: RowScores, of: MeasureOf): number | null {
  const pairs = matched(own, other, of, 'slice');
  return pairs.length > 0 ? spread(pairs.map((pair) => pair.other - pair.own)).mean : null;
}

export const patientsOf = (slices: readonly { patient: string }[]): number =>
  new Set(slices.map(({ patient }) => patient)).size;

/** "12 slices of 6 patients". */
export const slicesText = (slices: readonly { patient: string }[]): string =>
  `${counted(slices.length, 'slice')} of ${counted(patientsOf(slices), 'patient')}`;
