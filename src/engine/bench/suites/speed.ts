/** How fast engines run the same models here, ours and others', in one run. */
import { BadRequest } from '../../../errors';
import { type Bench, type BenchModel, modelKey } from '../bench';
import { kindOf } from '../lab';
import { AWAITED } from '../rows';
import { madeUpTask, measureSpeed, type SpeedOptions, type SpeedResult, stepTimes } from '../speed';
import type { Cell, CellResult, Suite } from '../suite';
import type { Table, TableRow } from '../suiteReport';

type Results = readonly (SpeedResult | { id: string; failed: string })[];

const WARM_UPS = 3;
/** Of each engine where no `--samples` are given; and for a first look. */
const RUNS = 20;
const QUICK_RUNS = 5;

export const speed: Suite<Results> = {
  id: 'speed',
  title: 'Speed',
  text: 'milliseconds of a reverse step by our kernels, plain TensorFlow.js and onnxruntime-web, in one run and in random order',
  needs: 'models',
  isApart: true,
  usual: { slices: null, samples: RUNS },
  cells: (bench) => {
    if (bench.models.length === 0)
      throw new BadRequest('bench: needs models to be timed, got none; choose some');
    if (enginesOf(bench).length === 0)
      throw new BadRequest('speed: needs engines to be compared, got none; ask for it where there are some');
    return modelsOf(bench).map((model) => speedCell(bench, model));
  },
  report: (bench, results) => ({
    suite: 'speed',
    title: 'Speed',
    tables: modelsOf(bench).map((model) => speedTable(bench, model, results)),
    charts: [
      {
        id: 'step',
        title: 'Milliseconds of a reverse step, shorter is better',
        kind: 'bars',
        xLabel: 'engine',
        yLabel: 'ms',
        series: modelsOf(bench).map((model) => ({
          name: model.name,
          points: resultsOf(bench, model, results).flatMap((result) =>
            'ms' in result ? [{ x: labelOf(bench, result.id), y: stepTimes(result).median, std: null }] : [],
          ),
        })),
      },
    ],
  }),
};

const enginesOf = ({ contenders = [] }: Bench) => contenders;

const labelOf = (bench: Bench, id: string): string =>
  enginesOf(bench).find((one) => one.id === id)?.label ?? id;

/** Networks of the same shape take the same time: the first of each. */
function modelsOf({ models }: Bench): BenchModel[] {
  const shapeOf = ({ card }: BenchModel) => JSON.stringify([card.network, card.preprocessing.size]);
  return models.filter((model, n) => models.findIndex((other) => shapeOf(other) === shapeOf(model)) === n);
}

const optionsOf = ({ options }: Bench): SpeedOptions => ({
  warmUps: WARM_UPS,
  runs: options.quick ? QUICK_RUNS : options.samples,
  seed: options.seed,
});

function keyOf(bench: Bench, model: BenchModel): string {
  const { runs, seed } = optionsOf(bench);
  const engines = enginesOf(bench).map(({ id }) => id);
  return `speed/${bench.device ?? 'this machine'}/${engines.join()}/${runs} runs, seed ${seed}/${modelKey(model)}`;
}

function speedCell(bench: Bench, model: BenchModel): Cell<Results> {
  const { warmUps, runs } = optionsOf(bench);
  return {
    key: keyOf(bench, model),
    label: `${model.name}, time of a reverse step`,
    kind: `speed of ${kindOf(model.card)}`,
    work: (1 + warmUps + runs) * enginesOf(bench).length,
    compute: async (lab) =>
      measureSpeed(enginesOf(bench), madeUpTask(model.card, await model.weights()), optionsOf(bench), {
        now: () => lab.now(),
        signal: lab.hooks.signal,
        pause: async () => {
          lab.hooks.onStep?.(1);
          await lab.hooks.pause?.();
        },
      }),
  };
}

const cellOf = (
  bench: Bench,
  model: BenchModel,
  results: ReadonlyMap<string, CellResult<Results>>,
): CellResult<Results> => results.get(keyOf(bench, model)) ?? { failed: AWAITED };

function resultsOf(
  bench: Bench,
  model: BenchModel,
  results: ReadonlyMap<string, CellResult<Results>>,
): Results {
  const cell = cellOf(bench, model, results);
  return 'value' in cell ? cell.value : enginesOf(bench).map(({ id }) => ({ id, failed: cell.failed }));
}

function speedTable(
  bench: Bench,
  model: BenchModel,
  results: ReadonlyMap<string, CellResult<Results>>,
): Table {
  const { card, name } = model;
  const found = resultsOf(bench, model, results);
  const times = new Map(found.flatMap((one) => ('ms' in one ? [[one.id, stepTimes(one)] as const] : [])));
  const ours = enginesOf(bench).flatMap(({ id, isOurs }) => (isOurs ? (times.get(id) ?? []) : []));
  const best = ours.length > 0 ? Math.min(...ours.map(({ median }) => median)) : null;
  const steps = Math.max(1, card.diffusion.steps);
  const rows = found.map((result): TableRow => {
    const row = { name: labelOf(bench, result.id) };
    if ('failed' in result) return { ...row, values: {}, failed: result.failed };
    const { median, p90 } = times.get(result.id)!;
    return {
      ...row,
      values: {
        ...{ median, p90, first: result.firstMs, psnr: result.psnr },
        slice: (median * steps) / 1000,
        ratio: best === null ? null : median / best,
      },
      failed: null,
    };
  });
  const { warmUps, runs } = optionsOf(bench);
  return {
    id: `speed-${model.id.replace(/[^a-zA-Z0-9]+/g, '-')}`,
    title: `${name}: a reverse step of ${card.preprocessing.size} x ${card.preprocessing.size}`,
    rowsAre: 'engine',
    columns: [
      { id: 'median', label: 'median (ms)', digits: 1, better: 'lower' },
      { id: 'p90', label: 'p90 (ms)', digits: 1, better: 'lower' },
      { id: 'slice', label: 'seconds a slice', digits: 2, better: 'lower' },
      { id: 'ratio', label: 'times ours', digits: 2, better: null },
      { id: 'first', label: 'first step (ms)', digits: 0, better: 'lower' },
      { id: 'psnr', label: 'PSNR (dB)', digits: 1, better: null },
    ],
    rows,
    notes: [
      `On ${bench.device ?? 'this machine'}: ${runs} steps of each engine after ${warmUps} that do not count, in random order; a slice is ${steps} of them. First step: from the weights in memory to its image, compiling included.`,
      'PSNR: against the image of the first row, data range 2; none where both are the same.',
    ],
  };
}
