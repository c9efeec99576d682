/** Where a step of our kernels spends its time, by kinds and sizes of layers, and how much of the machine that is. */
import { type LayerTime, layerName } from '../../kernels/layer';
import { type Bench, type BenchModel, modelKey, plainId } from '../bench';
import { kindOf } from '../lab';
import { type Contender, type LayerReport, madeUpTask } from '../speed';
import type { Cell } from '../suite';
import type { Table, TableRow } from '../suiteReport';
import {
  enginesOf,
  type Failed,
  foundOf,
  GIGA,
  isAborted,
  keyBegin,
  labelOf,
  onAnyBackend,
  pauseOf,
  type Results,
  sizeText,
} from './speedParts';

export type Layers = readonly ((LayerReport & { id: string }) | Failed)[];

/** The best counts. */
const LAYER_RUNS = 10;
const QUICK_LAYER_RUNS = 3;

const layerEngines = (bench: Bench): Contender[] => enginesOf(bench).filter(({ isOurs }) => isOurs);

const layerRunsOf = ({ options }: Bench): number => (options.quick ? QUICK_LAYER_RUNS : LAYER_RUNS);

const layersKey = (bench: Bench, model: BenchModel): string =>
  `${keyBegin(bench, 'layers', layerEngines(bench))}/${layerRunsOf(bench)} runs/${modelKey(model)}`;

export function layersCell(bench: Bench, model: BenchModel): Cell<Layers> {
  const engines = layerEngines(bench);
  const runs = layerRunsOf(bench);
  const kindOfLayers = (id: string) => `layers of ${id}, ${kindOf(model.card)}`;
  return {
    key: layersKey(bench, model),
    label: `${model.name}, time of its layers`,
    // Each engine has its own pace, and what it times its own number of runs.
    parts: engines.map(({ id }) => ({ kind: kindOfLayers(id), work: 1 })),
    compute: (lab) =>
      onAnyBackend(async () => {
        const task = madeUpTask(model.card, await model.weights());
        const found: Layers[number][] = [];
        for (const { id, start } of engines) {
          let failed: string | null = null;
          try {
            const runner = await start(task);
            try {
              await runner.step();
              if (!runner.layers) throw new Error('layers: are not told apart by this engine');
              found.push({
                id,
                ...(await runner.layers({ now: () => lab.now(), runs, pause: pauseOf(lab) })),
              });
            } finally {
              await runner.dispose();
            }
          } catch (error) {
            if (isAborted(error)) throw error;
            failed = (error as Error).message;
          }
          if (failed !== null) found.push({ id, failed });
          if (failed === null) lab.pass(kindOfLayers(id));
          else lab.noMore(kindOfLayers(id));
          await pauseOf(lab)();
        }
        return found;
      }),
  };
}

const FLOP_A_MAC = 2;

/** One for each of our engines. */
export function layerTables(bench: Bench, model: BenchModel, results: Results<Layers>): Table[] {
  const engines = layerEngines(bench);
  return foundOf<Exclude<Layers[number], Failed>>(results, layersKey(bench, model), engines).map((found) => {
    const label = labelOf(bench, found.id);
    return {
      id: `layers-${found.id}-${plainId(model.id)}`,
      title: `${model.name}: layers of a step of ${sizeText(model)}, ${label}`,
      rowsAre: 'layer',
      columns: [
        { id: 'count', label: 'count', digits: 0, better: null },
        { id: 'ms', label: 'ms', digits: 2, better: null },
        { id: 'part', label: 'time (%)', digits: 1, better: null },
        { id: 'gflop', label: 'GFLOP', digits: 2, better: null },
        { id: 'speed', label: 'GFLOP/s', digits: 1, better: null },
        { id: 'share', label: 'peak (%)', digits: 0, better: null },
      ],
      rows: 'failed' in found ? [{ name: label, values: {}, failed: found.failed }] : layerRows(found),
      notes:
        'failed' in found
          ? []
          : [
              `The best of ${layerRunsOf(bench)} runs. ${found.note} GFLOP: 2 a multiply-add of the plain sum, of layers where arithmetic decides.`,
              `The peak is ${(found.peak / GIGA).toFixed(1)} GFLOP/s: float32 multiplied and added in registers alone, measured here in the same run.`,
            ],
    };
  });
}

/** Layers that take less of the time are one row. */
const LEAST_PART = 0.005;

/** All together first. */
export function layerRows({ layers, peak }: Pick<LayerReport, 'layers' | 'peak'>): TableRow[] {
  const allMs = layers.reduce((sum, { ms }) => sum + ms, 0);
  const row = (name: string, count: number, ms: number, macs: number): TableRow => {
    const flop = FLOP_A_MAC * macs;
    const rate = flop > 0 && ms > 0 ? (flop * 1000) / ms : null;
    return {
      name,
      values: {
        ...{ count, ms },
        part: allMs > 0 ? (100 * ms) / allMs : null,
        gflop: flop > 0 ? flop / GIGA : null,
        speed: rate === null ? null : rate / GIGA,
        share: rate === null || !(peak > 0) ? null : (100 * rate) / peak,
      },
      failed: null,
    };
  };
  const rowOf = (name: string, some: readonly LayerTime[]) =>
    row(
      name,
      some.reduce((sum, { count }) => sum + count, 0),
      some.reduce((sum, { ms }) => sum + ms, 0),
      some.reduce((sum, { count, macs }) => sum + count * macs, 0),
    );
  const small = layers.filter(({ ms }) => ms < LEAST_PART * allMs);
  const isFew = small.length < 2;
  return [
    rowOf('all', layers),
    ...layers
      .filter((layer) => isFew || !small.includes(layer))
      .map((layer) => rowOf(layerName(layer), [layer])),
    ...(isFew ? [] : [rowOf(`${small.length} others, each < ${100 * LEAST_PART} %`, small)]),
  ];
}
