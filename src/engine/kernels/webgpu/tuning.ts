/** Tries on the device which tile is fastest for each convolution of a graph. */
import { clockOf, timed } from './clock';
import type { Tile } from './convolution';
import type { Dispatch, Graph, Tiling } from './graph';
import { checked, GraphRun, pipelineOf, type Weights } from './runtime';
import { tileStoreOf } from './tileStore';
import { fastest, TunedTiles } from './tunedTiles';
import { ceilDiv } from './wgsl';

/** Milliseconds that a graph may be kept from its first run; what is left is tried at the next start. */
const LONGEST_MS = 1000;
/** A tile is repeated until it takes this long, twice, the better one of which counts. */
const ENOUGH_MS = 2;
/** What takes so many times as long as the best is not tried again. */
const HOPELESS = 1.5;

export interface Tuning {
  tiles: TunedTiles;
  /** Milliseconds, monotonic. */
  now: () => number;
}

const tunings = new WeakMap<GPUDevice, Promise<Tuning>>();

/** Of a device, with what is remembered of its adapter; null where nobody said where and how. */
export function tuningOf(device: GPUDevice): Promise<Tuning> | null {
  const store = tileStoreOf(device);
  if (!store) return null;
  let tuning = tunings.get(device);
  if (!tuning) {
    const { vendor = '', architecture = '', device: model = '', description = '' } = device.adapterInfo ?? {};
    const adapter = [vendor, architecture, model, description].join(' ').trim();
    tuning = TunedTiles.of(adapter, store.kept).then((tiles) => ({ tiles, now: store.now }));
    tunings.set(device, tuning);
  }
  return tuning;
}

/** Of each shape of a graph's convolutions one dispatch. */
function shapesOf(graph: Graph): { at: number; tiling: Tiling; work: number }[] {
  const found = new Map<string, { at: number; tiling: Tiling; work: number }>();
  graph.dispatches.forEach(({ tiling, layer }, at) => {
    if (!tiling) return;
    const shape = found.get(tiling.shape) ?? { at, tiling, work: 0 };
    found.set(tiling.shape, { ...shape, work: shape.work + layer.macs });
  });
  return [...found.values()];
}

/** How many shapes a graph's convolutions have, and of how many the tile is known. */
export function tunedShapes(graph: Graph, tiles: TunedTiles): { shapes: number; tuned: number } {
  const shapes = shapesOf(graph);
  const known = ({ tiling: { shape, out } }: (typeof shapes)[number]) => tiles.tileOf(shape, out) !== null;
  return { shapes: shapes.length, tuned: shapes.filter(known).length };
}

/** Dispatches whose tile is to be found, those of most work first. */
export function untuned(graph: Graph, tiles: TunedTiles): number[] {
  return shapesOf(graph)
    .filter(({ tiling: { shape, out } }) => tiles.tileOf(shape, out) === null)
    .sort((a, b) => b.work - a.work)
    .map(({ at }) => at);
}

/**
 * Chooses tiles for the graph's convolutions that have none yet, as many as there is time for, and remembers them.
 * @returns whether the graph is to be made anew, by other tiles than it has
 * @throws Error saying what the GPU refused; what was found until then stays
 */
export async function tune(run: GraphRun, { tiles, now }: Tuning, longest = LONGEST_MS): Promise<boolean> {
  const { device, graph } = run;
  const left = untuned(graph, tiles);
  if (left.length === 0) return false;
  const begin = now();
  const clock = clockOf(device, now);
  let others = false;
  try {
    for (const at of left) {
      if (now() - begin >= longest) break;
      const { tile, tiles: candidates, shape } = graph.dispatches[at].tiling!;
      const isTaken = (other: Tile) => other.across === tile.across && other.vectors === tile.vectors;
      const tried = [tile, ...candidates.filter((other) => !isTaken(other))];
      const best = tried.length > 1 ? fastest(await timesOf(run, at, tried)) : 0;
      tiles.choose(shape, tried[best]);
      others ||= best !== 0;
    }
  } finally {
    clock.dispose();
    await tiles.keep();
  }
  return others;

  async function timesOf(of: GraphRun, at: number, tried: readonly Tile[]): Promise<number[]> {
    const steps = await stepsBy(of, at, tried);
    try {
      const times: number[] = [];
      for (const { step } of steps) {
        const first = await timed(clock, step, ENOUGH_MS);
        const hopeless = first.ms > HOPELESS * Math.min(...times);
        const again = hopeless ? first : await timed(clock, step, 0, first.repeats);
        times.push(Math.min(first.ms, again.ms));
      }
      return times;
    } finally {
      for (const { written } of steps) for (const buffer of written) buffer.destroy();
    }
  }
}

/**
 * A graph on a device, by tiles that were tried there. It is done before the first run, so that the image that is held against plain
 * operations is made by the same tiles as those that follow.
 * @param again the graph by the tiles that are known then
 */
export async function tunedRun(
  device: GPUDevice,
  graph: Graph,
  again: () => Graph,
  weights: Weights,
  tuning: Tuning | undefined,
): Promise<GraphRun> {
  const run = await GraphRun.make(device, graph, weights);
  if (!tuning) return run;
  let others = false;
  try {
    others = await tune(run, tuning);
  } catch {
    // No memory to try in, or a tile that this device does not take: what is chosen untold is as good as before.
  }
  if (!others) return run;
  run.dispose();
  return GraphRun.make(device, again(), weights);
}

/** A dispatch by other tiles, on what is in its buffers; what it makes goes to memory of its own. */
async function stepsBy(run: GraphRun, at: number, tried: readonly Tile[]) {
  const { device, graph } = run;
  const { label, tiling }: Dispatch = graph.dispatches[at];
  const made = tried.map((tile) => tiling!.by(tile));
  const pipelines = await checked(
    device,
    () => Promise.all(made.map(({ kernel }) => pipelineOf(device, kernel.code, label))),
    () => {},
  );
  const all: GPUBuffer[] = [];
  const destroy = () => {
    for (const buffer of all) buffer.destroy();
  };
  return checked(
    device,
    () =>
      made.map(({ kernel, bytes }, i) => {
        const written = bytes.map((size) =>
          device.createBuffer({ size: 16 * ceilDiv(size, 16), usage: GPUBufferUsage.STORAGE }),
        );
        all.push(...written);
        const entries = [...run.read(at), ...written.map((buffer) => ({ buffer }))].map(
          (resource, binding) => ({ binding, resource }),
        );
        const layout = pipelines[i].getBindGroupLayout(0);
        const group = device.createBindGroup({ label, layout, entries });
        return { step: { pipeline: pipelines[i], group, workgroups: kernel.workgroups }, written };
      }),
    destroy,
  );
}
