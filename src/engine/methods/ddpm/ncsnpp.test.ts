/** DDPM with SynDiff's U-Net in place of its own. */
import { beforeAll, expect, it } from 'vitest';
import { tinyCard } from '../../../../test/tinyModel';
import { TINY_SIZE, tinySettings } from '../../../../test/tinyRun';
import { nodeEnvironment } from '../../../platform/node/environment';
import { valueAndGradients } from '../../autodiff/vjp';
import { startEngine } from '../../backend/backend';
import { hashNormals, hashWeights } from '../../hash';
import { encodeWeights } from '../../models/convertWeights';
import { readWeights } from '../../models/readWeights';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { leafOf, loadTree, treeOf } from '../../networks/parameters';
import { numberOfValues } from '../../networks/table';
import * as tf from '../../tf';
import { estimateMemory } from '../../training/estimate';
import { checkSettings, settingsFromCard, variantText } from '../../training/settings';
import { PAPER_VARIANT } from '../../training/variant';
import { optionsIn, optionValues } from '../options';
import { ddpm } from './method';
import { isNcsnpp, ncsnppOf } from './network';
import { type DdpmWeights, runUnet } from './runUnet';
import { training } from './training';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const settingsOf = (options: Record<string, number> = {}, changes = {}) =>
  tinySettings({ method: 'ddpm', options: optionValues('ddpm', { ncsnpp: 1, ...options }), ...changes });

it("is SynDiff's network by its size, in what goes in and comes out", () => {
  const count = (out: number, channels = 2) =>
    numberOfValues(ddpm.table(ncsnppOf({ ...PAPER_GENERATOR, num_channels: channels }, out)));
  expect(count(2)).toBe(39_725_250);
  // One channel less of the last convolution, 64 x 3 x 3 and its bias.
  expect(count(1)).toBe(39_725_250 - 577);
  const of = (settings: ReturnType<typeof settingsOf>) => {
    const network = training.network(settings);
    if (!isNcsnpp(network)) throw new Error('own U-Net');
    return [network.num_channels, network.out_channels, network.not_use_tanh];
  };
  expect(of(settingsOf())).toEqual([2, 2, true]);
  expect(of(settingsOf({ 'simple-loss': 1 }))).toEqual([2, 1, true]);
  const free = settingsOf({}, { variant: { ...PAPER_VARIANT, pairing: 'unconditional', direction: 'aToB' } });
  expect(of(free)).toEqual([1, 2, true]);
  expect(ddpm.isUnconditional!(training.network(free))).toBe(true);
});

it('is told by its file and its card; nameless weights are SynDiff’s', async () => {
  const network = training.network(settingsOf({ 'simple-loss': 1 }));
  const state = hashWeights(1, ddpm.table(network));
  const read = await readWeights({ name: 'x', bytes: encodeWeights({ state, config: network }, 'f32') });
  expect(read.config).toEqual(network);
  expect(ddpm.parse({ ...network }, 'card')).toEqual(network);
  expect(ddpm.hasNames([...state.keys()])).toBe(true);
  for (const [change, sentence] of [
    [{ unet: 'other' }, 'card: unet must be ncsnpp or absent, got "other"'],
    [{ not_use_tanh: false }, "card: not_use_tanh must be true for DDPM's ncsnpp, got false"],
    [
      { embedding_type: 'fourier' },
      `card: embedding_type must be positional for DDPM's ncsnpp, got "fourier"`,
    ],
    [{ out_channels: 0 }, 'card: out_channels must be a whole number from 1 to 4096, got 0'],
  ] as const)
    expect(() => ddpm.parse({ ...network, ...change }, 'card')).toThrow(sentence);
});

it('goes on from a model, and is told in words; options of the other U-Net are idle', () => {
  const settings = settingsOf();
  checkSettings(settings);
  expect(variantText(settings)).toBe('unpaired, 1000 steps, adversarial, cycle, ncsnpp');
  const ids = (options: Record<string, number>) => optionsIn(settingsOf(options)).map(({ id }) => id);
  expect(ids({})).not.toContain('groups');
  expect(ids({ ncsnpp: 0 })).toContain('groups');
  const card = {
    ...tinyCard(32),
    network: training.network(settings),
    diffusion: training.diffusion(settings),
  };
  for (const options of [{ ncsnpp: 0 }, { ncsnpp: 1 }])
    expect(training.network(settingsFromCard(settingsOf(options), card))).toEqual(card.network);
  const memory = (one: typeof settings) =>
    estimateMemory(one, { backend: 'cpu', largestBuffer: null, ownKernels: false }, 0).total;
  expect(memory({ ...settings, recompute: true })).toBeLessThan(memory(settings));
});

it('has the gradient of finite differences in all weights and in its input, kept or run again', async () => {
  const network = training.network(settingsOf());
  const table = ddpm.table(network);
  const weights = loadTree<DdpmWeights>(table, hashWeights(9, table));
  const input = tf.tensor4d(hashNormals(5, 2 * TINY_SIZE ** 2).map(Math.tanh), [1, TINY_SIZE, TINY_SIZE, 2]);
  const wanted = tf.tensor4d(hashNormals(6, 2 * TINY_SIZE ** 2), [1, TINY_SIZE, TINY_SIZE, 2]);
  const leaves = table.map((row) => leafOf(weights, row));
  const loss = (at: tf.Tensor[], recompute: boolean) => {
    const [x, ...others] = at as [tf.Tensor4D, ...tf.Tensor[]];
    const out = runUnet(
      { config: network, weights: treeOf<DdpmWeights>(table, others), recompute },
      x,
      [400],
    );
    return tf.mean(tf.squaredDifference(out, wanted)) as tf.Scalar;
  };
  const xs = [input, ...leaves];
  const gradientsBy = (recompute: boolean) => valueAndGradients(() => loss(xs, recompute), xs).gradients;
  const [kept, again] = [gradientsBy(false), gradientsBy(true)];
  const norm = async (of: tf.Tensor[]) =>
    Math.sqrt((await tf.addN(of.map((one) => tf.sum(tf.square(one)))).data())[0]);
  const length = await norm(kept);
  expect((await norm(kept.map((one, n) => tf.sub(one, again[n])))) / length).toBeLessThan(1e-5);
  // Along the gradient the loss grows by its length; at this step curve and rounding are 0.001 of it, at three times the step 0.007.
  const step = 1e-3;
  const moved = async (by: number) => {
    const at = xs.map((one, n) => tf.add(one, tf.mul(kept[n], by / length)));
    return (await loss(at, false).data())[0];
  };
  const slope = ((await moved(step)) - (await moved(-step))) / (2 * step);
  expect(Math.abs(slope / length - 1)).toBeLessThan(0.005);
  // With z = 0 the first layer of the style has no say but by its bias; everything else has.
  const silent = [];
  for (const [n, gradient] of kept.slice(1).entries())
    if ((await tf.max(tf.abs(gradient)).data())[0] === 0) silent.push(table[n].name);
  expect(silent).toEqual(['z_transform.1.weight']);
});
