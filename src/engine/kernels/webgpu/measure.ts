/** What benchmarks look into: a graph's dispatches timed by themselves, and how fast the device could be. Imported by them alone. */
import { type LayerTime, LayerWatch, layerName, type Timing } from '../layer';
import { type Clock, clockOf, MOST_REPEATS, type Step, timed } from './clock';
import type { GraphRun } from './runtime';

/** A dispatch is repeated until it takes this long. */
const ENOUGH_MS = 10;

export interface GraphLayers {
  layers: LayerTime[];
  clock: Clock['kind'];
}

/** Of the graph's dispatches, each distinct one by itself, on what is in its buffers. */
export async function graphLayers({ device, graph, steps }: GraphRun, timing: Timing): Promise<GraphLayers> {
  const clock = clockOf(device, timing.now);
  const watch = new LayerWatch();
  const known = new Map<string, { step: Step; repeats: number }>();
  try {
    for (let run = 0; run < timing.runs; run++) {
      const ms = new Map<string, number>();
      for (const [i, { layer, kernel }] of graph.dispatches.entries()) {
        // A tile of its own may make the same layer another kernel.
        const name = `${layerName(layer)} ${kernel.code}`;
        if (!ms.has(name)) {
          const found = known.get(name) ?? {
            step: { ...steps[i], workgroups: kernel.workgroups },
            repeats: 1,
          };
          known.set(name, found);
          const taken = await timed(clock, found.step, ENOUGH_MS, found.repeats);
          found.repeats = taken.repeats;
          ms.set(name, taken.ms);
          await timing.pause?.();
        }
        watch.add(layer, ms.get(name)!);
      }
      watch.endRun();
    }
  } finally {
    clock.dispose();
  }
  return { layers: watch.times(), clock: clock.kind };
}

const PEAK_GROUPS = 4096;
const PEAK_THREADS = 256;
const PEAK_LOOPS = 512;
/** Of four numbers each. */
const PEAK_SUMS = 8;

/** Sums in registers, each multiplied and added to in every pass of the loop; what comes of them is written, so that nothing is left out. */
function peakShader(): string {
  const sums = Array.from({ length: PEAK_SUMS }, (_, i) => i);
  return `@group(0) @binding(0) var<storage, read_write> out: array<vec4<f32>>;
@compute @workgroup_size(${PEAK_THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let by = vec4<f32>(0.999f) - vec4<f32>(f32(id.x) * 1e-9f);
  let add = vec4<f32>(0.001f);
${sums.map((i) => `  var s${i} = vec4<f32>(${i}.25f);`).join('\n')}
  for (var i = 0; i < ${PEAK_LOOPS}; i++) {
${sums.map((i) => `    s${i} = fma(s${i}, by, add);`).join('\n')}
  }
  out[id.x] = ${sums.map((i) => `s${i}`).join(' + ')};
}`;
}

/** FLOP a second of a device that multiplies and adds float32 in registers, the best of several runs. */
export async function multiplyAddPeak(device: GPUDevice, timing: Timing): Promise<number> {
  const module = device.createShaderModule({ code: peakShader(), label: 'peak' });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module },
    label: 'peak',
  });
  const buffer = device.createBuffer({
    size: 16 * PEAK_GROUPS * PEAK_THREADS,
    usage: GPUBufferUsage.STORAGE,
  });
  const entries = [{ binding: 0, resource: { buffer } }];
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const clock = clockOf(device, timing.now);
  let best = 0;
  let repeats = 1;
  try {
    // Fewer workgroups where a whole one takes long, as on the CPU: a cancel must be heard.
    for (let groups = 64, run = 0; run <= timing.runs; ) {
      const ms = await clock.time({ pipeline, group, workgroups: [groups, 1, 1] }, repeats);
      if (ms < ENOUGH_MS && groups < PEAK_GROUPS) groups *= 2;
      else if (ms < ENOUGH_MS && repeats < MOST_REPEATS) repeats *= 2;
      else {
        const flop = groups * repeats * PEAK_THREADS * PEAK_LOOPS * PEAK_SUMS * 4 * 2;
        best = Math.max(best, (flop * 1000) / Math.max(ms, 1e-6));
        run++;
      }
      await timing.pause?.();
    }
  } finally {
    clock.dispose();
    buffer.destroy();
  }
  return best;
}
