/** What benchmarks look into: the program's layers timed one by one, and how fast the machine could be. Imported by them alone. */
import { type LayerTime, LayerWatch, type Timing } from '../layer';
import type { Kernels } from './kernels';
import type { NcsnppProgram } from './ncsnpp';

/** Of the program as it runs a step, on made-up images. */
export async function programLayers(
  kernels: Kernels,
  program: NcsnppProgram,
  nz: number,
  { now, runs, pause }: Timing,
): Promise<LayerTime[]> {
  const pixels = program.height * program.width;
  const room = kernels.allocate(3 * pixels * 4);
  const watch = new LayerWatch();
  try {
    kernels.floats(room, 2 * pixels).forEach((_, i, image) => {
      image[i] = Math.sin(i);
    });
    const [x, source, out] = [0, 1, 2].map((n) => room + n * pixels * 4);
    const z = new Float32Array(nz).fill(0.5);
    for (let run = 0; run < runs; run++) {
      let begin = now();
      program.watched({ x, source, t: 0, z, out }, (layer) => {
        watch.add(layer, now() - begin);
        begin = now();
      });
      watch.endRun();
      await pause?.();
    }
  } finally {
    kernels.free(room);
  }
  return watch.times();
}

/** FLOP of one pass of assembly/peak.ts: 12 sums of 4 lanes, multiplied and added to. */
const FLOP_A_PASS = 12 * 4 * 2;
/** Long enough for a coarse clock, and short beside what interrupts it. */
const ENOUGH_MS = 4;
/** So many runs without a better one end it: compilers take the slow code of a first call for many more. */
const PEAK_RUNS = 40;
/** What counts as better. */
const BETTER = 1.01;

/** FLOP a second of one thread that multiplies and adds in registers, the best of many runs. */
export function multiplyAddPeak(kernels: Kernels, now: () => number): number {
  const room = kernels.allocate(16);
  let passes = 2e4;
  let best = 0;
  try {
    for (let run = 0; run < PEAK_RUNS; ) {
      const begin = now();
      kernels.run.multiplyAdds(room, passes);
      const ms = now() - begin;
      if (ms < ENOUGH_MS) {
        passes *= 2;
        continue;
      }
      const found = (passes * FLOP_A_PASS * 1000) / ms;
      run = found > BETTER * best ? 0 : run + 1;
      best = Math.max(best, found);
    }
  } finally {
    kernels.free(room);
  }
  return best;
}
