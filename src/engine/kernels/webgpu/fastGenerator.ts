/** The fused generator where this device computes it right. */
import { selfTestError, selfTestOutput } from '../../backend/selfTest';
import type { MakeFastGenerator } from '../fastDenoiser';
import { FusedGenerator, type FusedOptions } from './generator';
import { onSoftware, webgpuBackend } from './runtime';
import { candidateTiles } from './tiles';
import { tuningOf } from './tuning';
import { wantedStorage } from './wanted';
import type { Storage } from './wgsl';

/** As of plain operations (selfTest.ts); halves round at 5e-4 of a number, some dozen times one after the other. */
const TOLERANCES = { f32: 1e-3, f16: 1e-2 };

/** Halves where the device has arithmetic of them, a sign that it moves them well; float32 else. */
const precisionOf = (device: GPUDevice) => (device.features.has('shader-f16') ? 'f16' : 'f32');

/** Why a device is not to be trusted with these kernels, or null: asked once of each precision. */
const verdicts: Readonly<Record<Storage, WeakMap<GPUDevice, Promise<string | null>>>> = {
  f32: new WeakMap(),
  f16: new WeakMap(),
};

export const fastGenerator: MakeFastGenerator = async (generator) => {
  const { device } = webgpuBackend();
  const wanted = wantedStorage();
  // Such a driver compiles the shaders for longer than it computes by them.
  if (onSoftware(device) && wanted === null) throw new Error('the WebGPU adapter runs in software');
  const precision = wanted ?? precisionOf(device);
  const options: FusedOptions = { storage: precision, weights: precision };
  let verdict = verdicts[precision].get(device);
  if (!verdict) {
    verdict = verdictOf(options, onSoftware(device));
    verdicts[precision].set(device, verdict);
  }
  const against = await verdict;
  if (against !== null) throw new Error(against);
  const tuning = onSoftware(device) ? null : await tuningOf(device);
  const fused = new FusedGenerator(generator, { ...options, tuning: tuning ?? undefined });
  return {
    get label() {
      return `fused WGSL kernels, ${precision} with float32 sums${tilesText(fused.tuned)}`;
    },
    onTrial: true,
    inside: () => ({ fused }),
    run: (images, t, z, outputs) => fused.run(images, t, z, outputs),
    dispose: () => fused.dispose(),
  };
};

const tilesText = (found: FusedGenerator['tuned']) =>
  !found || found.tuned === 0
    ? ''
    : `, tiles tuned${found.tuned < found.shapes ? ` for ${found.tuned} of ${found.shapes} shapes` : ''}`;

/** The self-test's network by the tiles that its small images take, and by the largest ones, which software does not use. */
async function verdictOf(options: FusedOptions, isSoftware: boolean): Promise<string | null> {
  const largest: FusedOptions['tile'] = (out) => candidateTiles(out)[0];
  try {
    for (const tile of isSoftware ? [undefined] : [undefined, largest]) {
      const error = await selfTestError(() =>
        selfTestOutput(async (generator, x, t, z) => {
          const fused = new FusedGenerator(generator, { ...options, tile });
          try {
            return await fused.run([x], t, z, x.shape[3]);
          } finally {
            fused.dispose();
          }
        }),
      );
      const allowed = TOLERANCES[options.storage];
      if (!(error <= allowed))
        return `the kernels compute wrong on this machine (self-test error ${error.toExponential(1)}, allowed ${allowed})`;
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
