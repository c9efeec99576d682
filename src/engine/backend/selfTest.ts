/**
 * Known-answer self-test: a tiny fixed generator run on the current backend. Some GPUs and drivers compute silently wrong
 * numbers; such a backend must be refused before it draws an anatomy.
 */
import { hashNormals, hashWeights } from '../hash';
import { fastGenerator } from '../kernels/wasm/fastGenerator';
import { type GeneratorConfig, PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { disposeGenerator, loadGenerator, runGenerator } from '../networks/ncsnpp/run';
import { ncsnppTable } from '../networks/ncsnpp/table';
import * as tf from '../tf';

const TINY: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 16,
  num_channels_dae: 8,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  attn_resolutions: [8],
  nz: 8,
  z_emb_dim: 16,
  n_mlp: 1,
};

/** Every 37th output of the tiny network on the `cpu` backend, which runs in float64 arithmetic on float32 storage. */
const EXPECTED: readonly number[] = [
  0.09915532916784286, 0.08827828615903854, -0.08165130019187927, 0.20696477591991425, -0.5177830457687378,
  -0.49254852533340454, 0.10374385863542557, 0.5587015151977539, 0.3547794222831726, 0.13807784020900726,
  0.018050624057650566, -0.7825086116790771, 0.3364535868167877, -0.06316638737916946,
];

/** Far above float32 rounding (1e-6 here), far below anything that would be seen in an image. */
export const SELF_TEST_TOLERANCE = 1e-3;

/**
 * Largest relative error of the tiny network's output on the current backend (NaN if it gives no numbers).
 * @param firstAlone of the first channel, which every second of the numbers is of
 */
export async function selfTestError(output = selfTestOutput, firstAlone = false): Promise<number> {
  const got = await output();
  const largest = Math.max(...EXPECTED.map(Math.abs));
  return EXPECTED.reduce(
    (worst, v, i) => (firstAlone && i % 2 ? worst : Math.max(worst, Math.abs(v - got[i]) / largest)),
    0,
  );
}

/** The same of our own kernels on wasm, which make the first channel alone. */
export const ownSelfTestError = (): Promise<number> =>
  selfTestError(
    () =>
      selfTestOutput(async (generator, x, t, z) => {
        const own = await fastGenerator(generator);
        const images = tf.split(x, 2, 3) as tf.Tensor4D[];
        try {
          const first = await own.run(images, t, z, 1);
          const both = tf.concat([first, images[1]], 3) as tf.Tensor4D;
          first.dispose();
          return both;
        } finally {
          tf.dispose(images);
          own.dispose();
        }
      }),
    true,
  );

/** @param run the generator, by plain operations unless another path is to be tested */
export async function selfTestOutput(
  run: (...args: Parameters<typeof runGenerator>) => tf.Tensor4D | Promise<tf.Tensor4D> = runGenerator,
): Promise<number[]> {
  const generator = loadGenerator(TINY, hashWeights(2024, ncsnppTable(TINY)));
  const x = tf.tensor4d(hashNormals(1, 16 * 16 * 2), [1, 16, 16, 2]);
  const z = tf.tensor2d(hashNormals(2, TINY.nz), [1, TINY.nz]);
  try {
    const out = await run(generator, x, [2], z);
    const values = await out.data();
    out.dispose();
    return [...values.filter((_, i) => i % 37 === 0)];
  } finally {
    tf.dispose([x, z]);
    disposeGenerator(generator);
  }
}
