/** The diffusive generator as the sampler takes it, by our own kernels where they are there and cover it. */
import type { Denoiser } from '../../diffusion/sampler';
import { denoiserOf, type Generator } from '../../networks/ncsnpp/run';
import * as tf from '../../tf';
import { type Kernels, ownKernels } from './kernels';
import { isCovered, NcsnppProgram } from './ncsnpp';

type DenoiseNow = (...of: Parameters<Denoiser>) => tf.Tensor4D;

export interface OwnDenoiser {
  denoise: DenoiseNow;
  /** Frees what was made of the weights. */
  dispose(): void;
}

/**
 * Plain operations wherever our kernels are not, which is asked at each call.
 * @param generator its weights must not change until `dispose`
 */
export function ownDenoiser(generator: Generator): OwnDenoiser {
  const plain = denoiserOf(generator);
  let made: { program: NcsnppProgram; kernels: Kernels } | null = null;
  let refused: Kernels | null = null;
  const dispose = () => {
    made?.program.dispose();
    made = null;
  };
  /** Of this size: that of the last call is kept. */
  const programOf = (kernels: Kernels, height: number, width: number) => {
    if (made?.kernels === kernels && made.program.height === height && made.program.width === width)
      return made.program;
    dispose();
    const program = new NcsnppProgram(kernels, generator.config, generator.weights, height, width);
    made = { program, kernels };
    return program;
  };
  const denoise: DenoiseNow = (x, source, t, z) => {
    const kernels = ownKernels();
    const [, height, width] = source.shape;
    if (!kernels || kernels === refused || !isCovered(generator.config, height, width))
      return plain(x, source, t, z);
    let program: NcsnppProgram;
    try {
      program = programOf(kernels, height, width);
    } catch {
      // Its memory is not there; plain operations need less at once.
      refused = kernels;
      return plain(x, source, t, z);
    }
    return run(kernels, program, generator.config.num_channels === 1, x, source, t, z);
  };
  return { denoise, dispose };
}

function run(
  kernels: Kernels,
  program: NcsnppProgram,
  isAlone: boolean,
  ...[x, source, t, z]: Parameters<Denoiser>
): tf.Tensor4D {
  const out = kernels.backend.makeOutput(source.shape, 'float32');
  const [b, h, w] = source.shape;
  const latents = kernels.floats(kernels.addressOf(z), z.size).slice();
  const length = z.size / b;
  const [from, beside, to] = [x, source, out].map((image) => kernels.addressOf(image));
  for (let i = 0; i < b; i++) {
    const place = i * h * w * 4;
    program.run({
      x: from + place,
      source: isAlone ? 0 : beside + place,
      t: t[i],
      z: latents.subarray(i * length, (i + 1) * length),
      out: to + place,
    });
  }
  return tf.engine().makeTensorFromTensorInfo(out) as tf.Tensor4D;
}
