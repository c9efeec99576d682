/** A reverse step by each engine, in random order: times, dispatches, memory, and how far its image lies from that of plain TensorFlow.js. */
import { type Bench, type BenchModel, modelKey, plainId } from '../bench';
import { kindOf } from '../lab';
import { madeUpTask, measureSpeed, type SpeedOptions, type SpeedResult, stepTimes } from '../speed';
import type { Cell } from '../suite';
import type { Chart, Table, TableRow } from '../suiteReport';
import {
  deviceOf,
  enginesOf,
  type Failed,
  foundOf,
  keyBegin,
  labelOf,
  modelsOf,
  onAnyBackend,
  pauseOf,
  type Results,
  sizeText,
  TIMES_OURS,
} from './speedParts';

export type Steps = readonly (SpeedResult | Failed)[];

/** Of each engine: runs where no `--samples` are given, and those before that do not count; and for a first look. */
export const RUNS = 20;
const WARM_UPS = 3;
export const QUICK_RUNS = 5;
const QUICK_WARM_UPS = 1;

const optionsOf = ({ options }: Bench): SpeedOptions => ({
  warmUps: options.quick ? QUICK_WARM_UPS : WARM_UPS,
  runs: options.samples,
  seed: options.seed,
});

function stepsKey(bench: Bench, model: BenchModel): string {
  const { runs, seed } = optionsOf(bench);
  // Before the oracle's name was told it was any first row.
  return `${keyBegin(bench, 'speed', enginesOf(bench))}/oracle told/${runs} runs, seed ${seed}/${modelKey(model)}`;
}

export function stepsCell(bench: Bench, model: BenchModel): Cell<Steps> {
  const { warmUps, runs } = optionsOf(bench);
  // A first step compiles, and every engine has its own pace.
  const kindOfPass = (id: string, what: 'first' | 'step') => `${what} of ${id}, ${kindOf(model.card)}`;
  return {
    key: stepsKey(bench, model),
    label: `${model.name}, time of a reverse step`,
    parts: enginesOf(bench).flatMap(({ id }) => [
      { kind: kindOfPass(id, 'first'), work: 1 },
      // And one that is counted.
      { kind: kindOfPass(id, 'step'), work: warmUps + runs + 1 },
    ]),
    compute: (lab) =>
      onAnyBackend(async () =>
        measureSpeed(enginesOf(bench), madeUpTask(model.card, await model.weights()), optionsOf(bench), {
          now: () => lab.now(),
          signal: lab.hooks.signal,
          pause: pauseOf(lab),
          onPass: (id, what) => {
            if (what !== 'last') lab.pass(kindOfPass(id, what));
            else for (const one of ['first', 'step'] as const) lab.noMore(kindOfPass(id, one));
          },
        }),
      ),
  };
}

const MIB = 2 ** 20;

export function stepsTable(bench: Bench, model: BenchModel, results: Results<Steps>): Table {
  const { card, name } = model;
  const found = foundOf<SpeedResult>(results, stepsKey(bench, model), enginesOf(bench));
  const times = new Map(found.flatMap((one) => ('ms' in one ? [[one.id, stepTimes(one)] as const] : [])));
  const ours = enginesOf(bench).flatMap(({ id, isOurs }) => (isOurs ? (times.get(id) ?? []) : []));
  const best = ours.length > 0 ? Math.min(...ours.map(({ median }) => median)) : null;
  const steps = Math.max(1, card.diffusion.steps);
  const rows = found.map((result): TableRow => {
    const row = { name: labelOf(bench, result.id) };
    if ('failed' in result) return { ...row, values: {}, failed: result.failed };
    const { median, p90 } = times.get(result.id)!;
    const { dispatches, bytes } = result.counts;
    return {
      ...row,
      values: {
        ...{ median, p90, first: result.firstMs, psnr: result.psnr, dispatches },
        slice: (median * steps) / 1000,
        ratio: best === null ? null : median / best,
        memory: bytes === null ? null : bytes / MIB,
      },
      failed: null,
    };
  });
  const { warmUps, runs } = optionsOf(bench);
  const oracle = found.flatMap((one) => ('oracle' in one ? (one.oracle ?? []) : []))[0];
  const against =
    oracle === undefined
      ? 'none, for plain TensorFlow.js has made no image to hold others against'
      : `against the image of ${labelOf(bench, oracle)} in float32, data range 2; none where both are the same`;
  return {
    id: `speed-${plainId(model.id)}`,
    title: `${name}: a reverse step of ${sizeText(model)}`,
    rowsAre: 'engine',
    columns: [
      { id: 'median', label: 'median (ms)', digits: 1, better: 'lower' },
      { id: 'p90', label: 'p90 (ms)', digits: 1, better: 'lower' },
      { id: 'slice', label: 'seconds a slice', digits: 2, better: 'lower' },
      { id: 'ratio', label: 'times ours', digits: 2, better: null },
      { id: 'first', label: 'first step (ms)', digits: 0, better: 'lower' },
      { id: 'dispatches', label: 'dispatches', digits: 0, better: 'lower' },
      { id: 'memory', label: 'memory (MiB)', digits: 0, better: 'lower' },
      { id: 'psnr', label: 'PSNR (dB)', digits: 1, better: null },
    ],
    rows,
    notes: [
      `On ${deviceOf(bench)}: ${runs} steps of each engine after ${warmUps} that do not count, in random order; a slice is ${steps} of them. Times ours: ${TIMES_OURS}. First step: from the weights in memory to its image, compiling included.`,
      `Dispatches: kernels that are started in a step; on wasm our program of the whole network is one. Memory: what is in use at once, weights too; of TensorFlow.js on wasm all tensors by counting. What is empty is not told by its engine. PSNR: ${against}.`,
      ...(bench.disturbed ? [`Times may be too long: ${bench.disturbed}.`] : []),
      ...(bench.selfTests ? [bench.selfTests] : []),
      ...(bench.leftOut ?? []),
    ],
  };
}

export const stepsChart = (bench: Bench, results: Results<Steps>): Chart => ({
  id: 'step',
  title: 'Milliseconds of a reverse step, shorter is better',
  kind: 'bars',
  xLabel: `on ${deviceOf(bench)}`,
  yLabel: 'ms',
  series: modelsOf(bench).map((model) => ({
    name: model.name,
    points: foundOf<SpeedResult>(results, stepsKey(bench, model), enginesOf(bench)).flatMap((result) =>
      'ms' in result ? [{ x: labelOf(bench, result.id), y: stepTimes(result).median, std: null }] : [],
    ),
  })),
});
