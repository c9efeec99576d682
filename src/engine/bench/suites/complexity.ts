/** What each method costs on this machine: time, memory, parameters and work of a slice and of an iteration (the paper's section V.C). */

import { BadRequest } from '../../../errors';
import { type MethodId, methodOf } from '../../methods';
import { type PresetName, presetSettings, withMethod } from '../../training/settings';
import { type Bench, type BenchModel, modelKey } from '../bench';
import type { Machine, TrainingComplexity, TranslationComplexity } from '../complexity';
import { kindOf } from '../lab';
import { AWAITED, unreadRows } from '../rows';
import type { Cell, CellResult, Lab, Suite } from '../suite';
import type { Table } from '../suiteReport';
import type { Results } from './pairScores';

/** Timed, after one that is not. */
const RUNS = 5;
const ITERATIONS = 3;
/** Of a long chain these stand for all. */
const MOST_STEPS = 20;
const PRESET: PresetName = 'tiny';

type Cost = TranslationComplexity | TrainingComplexity;

export const complexity: Suite<Cost> = {
  id: 'complexity',
  title: 'Complexity',
  text: 'seconds, memory, parameters and FLOP of a slice, and of an iteration of training at --preset',
  needs: 'models',
  usual: { slices: null, samples: 1 },
  cells: (bench) => {
    if (bench.models.length === 0)
      throw new BadRequest('bench: needs models to be measured, got none; choose some');
    return [
      ...rowModels(bench).map((model) => translationCell(bench, model)),
      ...methodsOf(bench).map((method) => trainingCell(bench, method)),
    ];
  },
  report: (bench, results) => {
    const translation = translationTable(bench, results as Results<TranslationComplexity>);
    return {
      suite: 'complexity',
      title: 'Complexity',
      tables: [translation, trainingTable(bench, results as Results<TrainingComplexity>)],
      charts: [
        {
          id: 'seconds',
          title: 'Seconds a slice',
          kind: 'bars',
          isLog: true,
          xLabel: 'method',
          yLabel: 'seconds',
          series: [
            {
              name: 'translation of a slice',
              points: translation.rows.flatMap(({ name, values }) =>
                typeof values.seconds === 'number' ? [{ x: name, y: values.seconds, std: null }] : [],
              ),
            },
          ],
        },
      ],
    };
  },
};

/** The first model of each name: directions and seeds cost the same. */
const rowModels = ({ models }: Bench): BenchModel[] =>
  models.filter(({ name }, n) => models.findIndex((other) => other.name === name) === n);

const methodsOf = ({ models }: Bench): MethodId[] => [
  ...new Set(models.map(({ card }) => card.network.method)),
];

const machineOf = (lab: Lab): Machine => ({
  now: () => lab.now(),
  resident: () => lab.resident(),
  signal: lab.hooks.signal,
  pause: async () => {
    lab.hooks.onStep?.(1);
    await lab.hooks.pause?.();
  },
});

const deviceOf = ({ device = 'this machine' }: Bench): string => device;

export const translationKey = (bench: Bench, model: BenchModel): string =>
  `time/${deviceOf(bench)}/${RUNS} runs of ${MOST_STEPS} steps/${modelKey(model)}`;

export function translationCell(bench: Bench, model: BenchModel): Cell<TranslationComplexity> {
  const { network, diffusion, preprocessing } = model.card;
  return {
    key: translationKey(bench, model),
    label: `${model.name}, time of a slice`,
    work: (RUNS + 1) * Math.min(MOST_STEPS, Math.max(1, diffusion.steps)),
    kind: `time of ${kindOf(model.card)}`,
    compute: async (lab) => {
      const { translator } = await lab.translator(model);
      // Opened when it is wanted: it knows how every method trains.
      const { translationComplexity } = await import('../complexity');
      return translationComplexity(
        { network, diffusion, translator },
        { size: preprocessing.size, runs: RUNS, mostSteps: MOST_STEPS },
        machineOf(lab),
      );
    },
  };
}

const presetOf = ({ options }: Bench): PresetName => options.preset ?? PRESET;

const trainingKey = (bench: Bench, method: MethodId): string =>
  `training time/${deviceOf(bench)}/${ITERATIONS} iterations/${method}/${presetOf(bench)}`;

function trainingCell(bench: Bench, method: MethodId): Cell<TrainingComplexity> {
  const preset = presetOf(bench);
  return {
    key: trainingKey(bench, method),
    label: `${methodOf({ method }).label}, time of an iteration at ${preset}`,
    // Iterations are no passes: how long they take is not known beforehand.
    work: 1,
    kind: `training of ${method}`,
    compute: async (lab) => {
      const settings = withMethod(presetSettings(preset, { a: 'T1w', b: 'T2w' }), method);
      const { trainingComplexity } = await import('../complexity');
      const machine = { ...machineOf(lab), pause: lab.hooks.pause };
      return trainingComplexity(settings, ITERATIONS, machine);
    },
  };
}

const MUNIT_NOTE =
  "Parameters, work and memory of MUNIT are without the style encoder that lies beside them in a model's file: it makes no image.";

const MEGA = 1e6;
const GIGA = 1e9;
const MIB = 2 ** 20;

function valuesOf<C extends Cost>(
  result: CellResult<C> | undefined,
  values: (cost: C) => Readonly<Record<string, number>>,
) {
  if (result && 'value' in result) return { failed: null, values: values(result.value) };
  return { failed: result ? result.failed : AWAITED, values: {} };
}

function translationTable(bench: Bench, results: Results<TranslationComplexity>): Table {
  const models = rowModels(bench);
  return {
    id: 'translation',
    title: 'Translation of a slice',
    rowsAre: 'method',
    columns: [
      { id: 'seconds', label: 'seconds a slice', digits: 3, better: 'lower' },
      { id: 'parameters', label: 'parameters (M)', digits: 2, better: 'lower' },
      { id: 'gflop', label: 'GFLOP a slice', digits: 1, better: 'lower' },
      { id: 'memory', label: 'memory (MiB)', digits: 0, better: 'lower' },
      { id: 'steps', label: 'steps', digits: 0, better: null },
      { id: 'size', label: 'image (pixels)', digits: 0, better: null },
    ],
    rows: [
      ...models.map((model) => ({
        name: model.name,
        ...valuesOf(results.get(translationKey(bench, model)), (cost) => ({
          seconds: cost.secondsSlice,
          parameters: cost.parameters / MEGA,
          gflop: cost.flopSlice / GIGA,
          memory: cost.memory.tensorBytes / MIB,
          steps: cost.steps,
          size: model.card.preprocessing.size,
        })),
      })),
      ...unreadRows(bench, () => true),
    ],
    notes: [
      `On ${deviceOf(bench)}, batch 1, warm: mean of ${RUNS} runs; of a longer chain ${MOST_STEPS} steps are timed and stand for all.`,
      ...(methodsOf(bench).includes('munit') ? [MUNIT_NOTE] : []),
      MEMORY_NOTE,
    ],
  };
}

function trainingTable(bench: Bench, results: Results<TrainingComplexity>): Table {
  const preset = presetOf(bench);
  const { size, iterations } = presetSettings(preset, { a: 'T1w', b: 'T2w' });
  return {
    id: 'training',
    title: `Training at preset ${preset}`,
    rowsAre: 'method',
    columns: [
      { id: 'seconds', label: 'seconds an iteration', digits: 3, better: 'lower' },
      { id: 'hours', label: 'hours of a run', digits: 2, better: 'lower' },
      { id: 'parameters', label: 'parameters (M)', digits: 2, better: 'lower' },
      { id: 'gflop', label: 'GFLOP an iteration', digits: 1, better: 'lower' },
      { id: 'memory', label: 'memory (MiB)', digits: 0, better: 'lower' },
    ],
    rows: methodsOf(bench).map((method) => ({
      name: methodOf({ method }).label,
      ...valuesOf(results.get(trainingKey(bench, method)), (cost) => ({
        seconds: cost.secondsIteration,
        hours: cost.secondsTraining / 3600,
        parameters: cost.parameters / MEGA,
        gflop: cost.flopIteration / GIGA,
        memory: cost.memory.tensorBytes / MIB,
      })),
    })),
    notes: [
      `On ${deviceOf(bench)}, made-up images of ${size} pixels, both directions together, all networks: mean of ${ITERATIONS} iterations after one that is not counted; a run has ${iterations}.`,
      MEMORY_NOTE,
    ],
  };
}

const MEMORY_NOTE =
  'FLOP: two a multiply-add of convolutions and matrix products. Memory: all tensors that are alive together at the most, weights too, by counting.';
