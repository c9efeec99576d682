/** The diffusive generator by our kernels on wasm, in the form that those of any backend have. */
import type { Denoiser } from '../../diffusion/sampler';
import * as tf from '../../tf';
import type { MakeFastGenerator } from '../fastDenoiser';
import { type Kernels, ownKernels } from './kernels';
import { isCovered, NcsnppProgram } from './ncsnpp';

export const fastGenerator: MakeFastGenerator = async ({ config, weights }) => {
  /** Of one size: that of the last call is kept. */
  let made: { program: NcsnppProgram; kernels: Kernels } | null = null;
  const dispose = () => {
    made?.program.dispose();
    made = null;
  };
  const programOf = (kernels: Kernels, height: number, width: number) => {
    if (made?.kernels === kernels && made.program.height === height && made.program.width === width)
      return made.program;
    dispose();
    const program = new NcsnppProgram(kernels, config, weights, height, width);
    made = { program, kernels };
    return program;
  };
  return {
    label: 'SIMD kernels of our own, float32',
    inside: () => made,
    run: async ([x, source = x], t, z) => {
      const kernels = ownKernels();
      const [, height, width] = x.shape;
      if (!kernels || !isCovered(config, height, width))
        throw new Error('the kernels do not cover this network');
      return run(kernels, programOf(kernels, height, width), config.num_channels === 1, x, source, t, z);
    },
    dispose,
  };
};

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
    kernels.whole(() =>
      program.run({
        x: from + place,
        source: isAlone ? 0 : beside + place,
        t: t[i],
        z: latents.subarray(i * length, (i + 1) * length),
        out: to + place,
      }),
    );
  }
  return tf.engine().makeTensorFromTensorInfo(out) as tf.Tensor4D;
}
