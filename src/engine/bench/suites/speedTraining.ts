/** An iteration of training, at presets, by plain TensorFlow.js and by our kernels. */
import { type MethodId, methodOf } from '../../methods';
import { type PresetName, presetSettings, withMethod } from '../../training/settings';
import type { Bench } from '../bench';
import type { TrainingComplexity } from '../complexity';
import type { Cell } from '../suite';
import type { Table, TableRow } from '../suiteReport';
import {
  type Failed,
  foundOf,
  GIGA,
  isAborted,
  keyBegin,
  labelOf,
  modelsOf,
  onAnyBackend,
  pauseOf,
  type Results,
  TIMES_OURS,
} from './speedParts';

export type Trainings = readonly (
  | (Pick<TrainingComplexity, 'flopIteration' | 'iterations'> & { id: string })
  | Failed
)[];

/** After one that does not count. */
const ITERATIONS = 3;
const QUICK_ITERATIONS = 1;

interface Training {
  method: MethodId;
  preset: PresetName;
}

/** At the presets that are asked for, else the small ones. */
export function trainingsOf(bench: Bench): Training[] {
  if (!bench.trainers?.length) return [];
  const { preset, quick } = bench.options;
  const presets: PresetName[] = preset ? [preset] : quick ? ['tiny'] : ['tiny', 'small'];
  const methods = [...new Set(modelsOf(bench).map(({ card }) => card.network.method))];
  return methods.flatMap((method) => presets.map((one) => ({ method, preset: one })));
}

const iterationsOf = ({ options }: Bench): number => (options.quick ? QUICK_ITERATIONS : ITERATIONS);

const trainingKey = (bench: Bench, { method, preset }: Training): string =>
  `${keyBegin(bench, 'training speed', bench.trainers ?? [])}/${iterationsOf(bench)} iterations/${method}/${preset}`;

export function trainingCell(bench: Bench, training: Training): Cell<Trainings> {
  const { method, preset } = training;
  const trainers = bench.trainers ?? [];
  // A first one compiles, and every engine has its own pace.
  const kindOfIteration = (id: string, isFirst: boolean) =>
    `${isFirst ? 'first iteration' : 'iteration'} of ${id}, ${method} at ${preset}`;
  return {
    key: trainingKey(bench, training),
    label: `${methodOf({ method }).label}, iterations of training at ${preset}`,
    parts: trainers.flatMap(({ id }) => [
      { kind: kindOfIteration(id, true), work: 1 },
      { kind: kindOfIteration(id, false), work: iterationsOf(bench) },
    ]),
    compute: (lab) =>
      onAnyBackend(async () => {
        const settings = withMethod(presetSettings(preset, { a: 'T1w', b: 'T2w' }), method);
        // Loaded when it is wanted: it knows how every method trains.
        const { trainingComplexity } = await import('../complexity');
        const found: Trainings[number][] = [];
        for (const { id, run } of trainers) {
          let done = 0;
          try {
            const { flopIteration, iterations } = await run(() =>
              trainingComplexity(settings, iterationsOf(bench), {
                now: () => lab.now(),
                resident: () => lab.resident(),
                signal: lab.hooks.signal,
                pause: pauseOf(lab),
                onIteration: () => lab.pass(kindOfIteration(id, done++ === 0)),
              }),
            );
            found.push({ id, flopIteration, iterations });
          } catch (error) {
            if (isAborted(error)) throw error;
            found.push({ id, failed: (error as Error).message });
            for (const isFirst of [true, false]) lab.noMore(kindOfIteration(id, isFirst));
            await lab.hooks.pause?.();
          }
        }
        return found;
      }),
  };
}

export function trainingTable(bench: Bench, training: Training, results: Results<Trainings>): Table {
  const { method, preset } = training;
  const trainers = bench.trainers ?? [];
  const { size } = presetSettings(preset, { a: 'T1w', b: 'T2w' });
  const found = foundOf<Exclude<Trainings[number], Failed>>(results, trainingKey(bench, training), trainers);
  const seconds = new Map(
    found.flatMap((one) =>
      'failed' in one
        ? []
        : [[one.id, one.iterations.reduce((sum, s) => sum + s, 0) / one.iterations.length] as const],
    ),
  );
  const ours = trainers.flatMap(({ id, isOurs }) => (isOurs ? (seconds.get(id) ?? []) : []));
  const best = ours.length > 0 ? Math.min(...ours) : null;
  return {
    id: `training-${method}-${preset}`,
    title: `${methodOf({ method }).label}: an iteration of training at preset ${preset}`,
    rowsAre: 'engine',
    columns: [
      { id: 'seconds', label: 'seconds an iteration', digits: 3, better: 'lower' },
      { id: 'ratio', label: 'times ours', digits: 2, better: null },
      { id: 'gflop', label: 'GFLOP an iteration', digits: 1, better: null },
      { id: 'speed', label: 'GFLOP/s', digits: 1, better: 'higher' },
    ],
    rows: found.map((one): TableRow => {
      const name = labelOf(bench, one.id);
      if ('failed' in one) return { name, values: {}, failed: one.failed };
      const mean = seconds.get(one.id)!;
      const gflop = one.flopIteration / GIGA;
      return {
        name,
        values: { seconds: mean, gflop, speed: gflop / mean, ratio: best === null ? null : mean / best },
        failed: null,
      };
    }),
    notes: [
      `Made-up images of ${size} pixels, both directions together, all networks: mean of ${iterationsOf(bench)} after one that does not count. Times ours: ${TIMES_OURS}.`,
    ],
  };
}
