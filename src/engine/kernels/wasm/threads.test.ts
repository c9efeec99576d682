/** Several threads: the same bits as one, over odd sizes; and what remains where a thread fails. */
import { beforeAll, expect, it } from 'vitest';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { hashNormals, hashWeights } from '../../hash';
import { type GeneratorConfig, PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { disposeGenerator, loadGenerator } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import * as tf from '../../tf';
import { fastDenoiser } from '../fastDenoiser';
import { ownKernels } from './kernels';

const THREADS = 3;

beforeAll(async () => {
  const info = await startEngine('wasm', await nodeEnvironment(() => {}, null, THREADS));
  expect(info.threads).toEqual({ count: THREADS, note: null });
});

/** The same by one thread, by two and by three. */
async function expectSameBits(make: () => Promise<tf.TypedArray>): Promise<void> {
  const made: tf.TypedArray[] = [];
  for (let count = 1; count <= THREADS; count++) {
    ownKernels()!.limitThreads(count);
    expect(ownKernels()!.threadCount).toBe(count);
    made.push(await make());
  }
  expect(made[0].some((v) => v !== 0)).toBe(true);
  for (const other of made.slice(1)) expect(other).toEqual(made[0]);
}

let seed = 0;
const random = <T extends tf.Tensor>(...shape: number[]): T =>
  tf.tensor(hashNormals(++seed, tf.util.sizeFromShape(shape)), shape) as T;

/** batch, height, width, channels in and out, kernel, stride, pad */
const CONVOLUTIONS: [number, number, number, number, number, number, number, number][] = [
  [1, 67, 45, 13, 27, 3, 1, 1],
  [2, 33, 50, 24, 9, 3, 1, 0],
  [1, 41, 39, 10, 21, 3, 2, 0],
  [1, 1, 2051, 35, 19, 1, 1, 0],
  [2, 60, 31, 12, 17, 4, 1, 1],
];

it.each(CONVOLUTIONS)(
  'convolution of %i x [%i, %i, %i] to %i channels, %i², stride %i, pad %i, and its gradients',
  async (batch, h, w, cin, cout, kernel, stride, pad) => {
    const [x, filter] = [
      random<tf.Tensor4D>(batch, h, w, cin),
      random<tf.Tensor4D>(kernel, kernel, cin, cout),
    ];
    const dy = random<tf.Tensor4D>(...tf.tidy(() => tf.conv2d(x, filter, stride, pad).shape));
    const gradients = tf.grads((a, b) =>
      tf.sum(tf.mul(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad), dy)),
    );
    await expectSameBits(async () => tf.tidy(() => tf.conv2d(x, filter, stride, pad).dataSync()));
    for (const i of [0, 1])
      await expectSameBits(async () => tf.tidy(() => gradients([x, filter])[i].dataSync()));
    tf.dispose([x, filter, dy]);
  },
);

const NETWORK: GeneratorConfig = {
  ...PAPER_GENERATOR,
  image_size: 64,
  num_channels_dae: 20,
  ch_mult: [1, 2, 4],
  num_res_blocks: 1,
  attn_resolutions: [16],
  nz: 5,
  z_emb_dim: 12,
  n_mlp: 2,
};

it('the diffusive generator', async () => {
  const generator = loadGenerator(NETWORK, hashWeights(4, ncsnppTable(NETWORK)));
  const { denoise, path, dispose } = fastDenoiser(generator);
  const images = [1, 2].map((seed) => tf.tensor4d(hashNormals(seed, 68 * 52), [1, 68, 52, 1]));
  const z = tf.tensor2d(hashNormals(3, NETWORK.nz), [1, NETWORK.nz]);
  await expectSameBits(async () => {
    const image = await denoise(images[0], images[1], [2], z);
    const values = await image.data();
    image.dispose();
    return values;
  });
  expect(path()).toContain('SIMD kernels');
  tf.dispose([...images, z]);
  dispose();
  disposeGenerator(generator);
});
