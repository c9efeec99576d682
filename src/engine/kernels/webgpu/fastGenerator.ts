/** The fused generator where this device computes it right. */
import { selfTestError, selfTestOutput } from '../../backend/selfTest';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import type { NcsnppWeights } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import { shapesOf } from '../../networks/parameters';
import type { CompileAhead } from '../compileAhead';
import type { MakeFastGenerator } from '../fastDenoiser';
import { expectedForm } from './exactForm';
import type { FusedOptions } from './fusedNetwork';
import { FusedGenerator } from './generator';
import { drawsRight, normalsOnGpu } from './noise';
import { fusedLabel, optionsHere } from './optionsHere';
import { onSoftware, webgpuBackend } from './runtime';
import { candidateTiles } from './tiles';
import type { Storage } from './wgsl';

/** As of plain operations (selfTest.ts); halves round at 5e-4 of a number, some dozen times one after the other. */
const TOLERANCES = { f32: 1e-3, f16: 1e-2 };

/** Why a device is not to be trusted with these kernels, or null: asked once of each precision. */
const verdicts: Readonly<Record<Storage, WeakMap<GPUDevice, Promise<string | null>>>> = {
  f32: new WeakMap(),
  f16: new WeakMap(),
};

export const fastGenerator: MakeFastGenerator = async (generator) => {
  const { device } = webgpuBackend();
  const options = await optionsHere();
  const against = await verdictHere(device, options);
  if (against !== null) throw new Error(against);
  const drawn = await drawsRight(device);
  const fused = new FusedGenerator(generator, options);
  return {
    get label() {
      return `${fusedLabel(options, fused)}${drawn ? '' : ', noise of the CPU'}`;
    },
    trial: (plain) => fused.trial(plain),
    inside: () => ({ fused }),
    run: (images, t, z, outputs) => fused.run(images, t, z, outputs),
    isPaced: true,
    draws: drawn
      ? {
          normals: normalsOnGpu,
          run: (images, t, z, draw) => fused.runAndDraw(images, t, z, draw),
        }
      : undefined,
    dispose: () => fused.dispose(),
  };
};

/** Looks at the device and compiles what images of this size want, of weights that are on their way. */
export const compileGenerator: CompileAhead<GeneratorConfig> = async (config, size, dtype) => {
  const { device } = webgpuBackend();
  const options = await optionsHere();
  const weights = shapesOf<NcsnppWeights>(ncsnppTable(config));
  const fused = new FusedGenerator({ config, weights, fourierFrequencies: null }, options);
  const inputs = Array.from({ length: config.num_channels }, () => 1);
  const shape = { batch: 1, height: size, width: size, inputs, outputs: 1 };
  await Promise.all([
    verdictHere(device, options),
    drawsRight(device),
    fused.compile(shape, () => expectedForm(dtype)),
  ]);
};

function verdictHere(device: GPUDevice, { storage, subgroups }: FusedOptions): Promise<string | null> {
  let verdict = verdicts[storage].get(device);
  if (!verdict) {
    verdict = verdictOf({ storage, weights: storage, subgroups }, onSoftware(device));
    verdicts[storage].set(device, verdict);
  }
  return verdict;
}

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
