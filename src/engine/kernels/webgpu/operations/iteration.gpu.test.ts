/**
 * A whole training iteration by kernels against plain operations, on wasm: WebGPU's compile for a quarter of an hour on a software driver.
 * What the kernels' own iteration needs takes minutes there, too, so it runs where it is asked for: SYNDIFF_KERNELS=1 npx vitest run src/engine/kernels/webgpu/operations/iteration.gpu.test.ts
 */
import { describe, expect, it, vi } from 'vitest';
import { atOnce } from '../../../pieces';
import '../../../../../test/softwareVulkan';
import { goldenFiles, readGolden } from '../../../../../test/golden';
import { withOwnGpuOperations } from '../../../../../test/ownGpuOperations';
import { tinyData, tinySettings } from '../../../../../test/tinyRun';
import { runNetworkGolden } from '../../../../parity/networks';
import { nodeEnvironment } from '../../../../platform/node/environment';
import { trainStepOf } from '../../../methods/trainStep';
import * as tf from '../../../tf';
import { batchOf } from '../../../training/batches';
import type { GradientHook } from '../../../training/iteration';
import { disposeNetworks, parametersOf } from '../../../training/networks';
import { startRun } from '../../../training/startRun';
import { wantOwnKernels } from '../../wasm/kernels';

const errors: Error[] = [];
const asked = process.env.SYNDIFF_KERNELS !== undefined;
const environment = await nodeEnvironment((error) => errors.push(error), asked ? 'all' : null);
const adapter = await environment.gpu?.requestAdapter();

/**
 * With most others some unit of a ReLU lies within rounding of 0, on this side by one backend and on that by the other, which alone moves a
 * network's gradients by up to 1e-3 (docs/MEASUREMENTS.md); with this one gradients differ by 5e-6.
 */
const SEED = 6;

const LOSSES = 1e-4;
const GRADIENTS = 1e-3;
/** Gradients below this share of their network's largest are 0 but for rounding (parity/training.ts). */
const ROUNDING = 1e-5;

interface Made {
  losses: Record<string, number>;
  /** By network and kind, in the order of the network's table. */
  gradients: Map<string, Float32Array[]>;
  /** After the update. */
  weights: Map<string, Float32Array[]>;
}

const numbersOf = (tensors: readonly tf.Tensor[]) =>
  Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));

/** The first iteration of a run, which has R1. */
async function iterate(): Promise<Made> {
  const settings = { ...tinySettings(), batch: 1, seed: SEED };
  const trainStep = await trainStepOf(settings.method);
  const state = { ...startRun(settings), step: 0 };
  const batch = batchOf(tinyData(), settings, 0);
  const image = (values: Float32Array) =>
    tf.tensor4d(values, [settings.batch, settings.size, settings.size, 1]);
  const images = { a: image(batch.a), b: image(batch.b) };
  const kept = new Map<string, tf.Tensor[]>();
  const keep: GradientHook = (name, gradients, of) =>
    kept.set(
      `${name} ${of}`,
      gradients.map((gradient) => tf.keep(tf.clone(gradient))),
    );
  const scalars = atOnce(trainStep(state, images, { generators: 1e-4, discriminators: 1e-4 }, keep));
  const made: Made = { losses: {}, gradients: new Map(), weights: new Map() };
  for (const [name, scalar] of scalars) made.losses[name] = (await scalar.data())[0];
  for (const [name, tensors] of kept) made.gradients.set(name, await numbersOf(tensors));
  for (const [name, network] of state.networks)
    made.weights.set(name, await numbersOf(parametersOf(network)));
  tf.dispose([...scalars.values(), ...[...kept.values()].flat(), images.a, images.b]);
  disposeNetworks(state.networks);
  return made;
}

const largest = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const rms = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
const minus = (a: Float32Array, b: Float32Array) => a.map((v, i) => v - b[i]);

describe.skipIf(!adapter)(
  'an iteration of SynDiff (runs with SYNDIFF_KERNELS where there is an adapter)',
  () => {
    withOwnGpuOperations(environment);

    it('gives the same losses, gradients and weights by fewer dispatches', async () => {
      const count = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
      const own = await iterate();
      const dispatches = count.mock.calls.length;
      count.mockRestore();
      await tf.setBackend('wasm');
      wantOwnKernels(false);
      const plain = await iterate().finally(() => wantOwnKernels(true));
      await tf.setBackend('webgpu');
      // Plain operations take 29,348.
      expect(dispatches).toBeLessThan(9000);
      const worst = { dispatches, losses: 0, gradients: 0, r1: 0, zeros: 0, weights: 0 };
      const see = (kind: keyof typeof worst, error: number) => {
        worst[kind] = error <= worst[kind] ? worst[kind] : error;
      };
      expect(Object.keys(own.losses).length).toBeGreaterThan(8);
      for (const [name, value] of Object.entries(plain.losses))
        see('losses', Math.abs(own.losses[name] - value) / Math.max(1, Math.abs(value)));
      // Eight networks, and R1's of two.
      expect(own.gradients.size).toBe(10);
      const isZero = new Map<string, boolean[]>();
      for (const [name, all] of plain.gradients) {
        const most = Math.max(...all.map(largest));
        expect(most).toBeGreaterThan(0);
        isZero.set(
          name,
          all.map((want) => largest(want) <= ROUNDING * most),
        );
        for (const [i, want] of all.entries()) {
          const got = own.gradients.get(name)![i];
          if (isZero.get(name)![i]) see('zeros', largest(minus(got, want)) / most);
          else see(name.endsWith(' r1') ? 'r1' : 'gradients', largest(minus(got, want)) / largest(want));
        }
      }
      for (const [name, all] of plain.weights)
        for (const [i, want] of all.entries())
          if (!isZero.get(`${name} all`)![i])
            see('weights', rms(minus(own.weights.get(name)![i], want)) / rms(want));
      if (process.env.SYNDIFF_PRINT) console.log(worst);
      expect(worst.losses).toBeLessThan(LOSSES);
      expect(worst.gradients).toBeLessThan(GRADIENTS);
      expect(worst.r1).toBeLessThan(GRADIENTS);
      expect(worst.zeros).toBeLessThan(ROUNDING);
      expect(worst.weights).toBeLessThan(GRADIENTS);
      expect(errors).toEqual([]);
    }, 1_800_000);

    it.skipIf(!goldenFiles.includes('training.safetensors'))(
      "gives the authors' three iterations",
      async () => {
        await tf.setBackend('webgpu');
        const results = await runNetworkGolden('training.safetensors', readGolden);
        if (process.env.SYNDIFF_PRINT) console.log(results);
        expect(results.length).toBeGreaterThan(8);
        // One ReLU of R, 2e-6 from 0 and by float64 where ours has it, makes 3e-3 of the gradients: kinks.gpu.test.ts holds them.
        const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
        expect(failed.filter((name) => name !== 'training.safetensors: gradients')).toEqual([]);
        expect(errors).toEqual([]);
      },
      1_800_000,
    );
  },
);
