/** What BASELINES.md says of the rivals that can be told without anybody's code: sizes, equalities, and how their losses begin. */
import { beforeAll, describe, expect, it } from 'vitest';
import { TINY_SIZE, tinySettings } from '../../../test/tinyRun';
import { nodeEnvironment } from '../../platform/node/environment';
import { valueAndGradients } from '../autodiff/vjp';
import { startEngine } from '../backend/backend';
import { noised } from '../diffusion/ancestral';
import { ancestralChain } from '../diffusion/ancestralSampler';
import { keptSteps, makeCosineSchedule } from '../diffusion/cosine';
import { hashNormals, hashWeights } from '../hash';
import { type AttentionUnetWeights, runAttentionUnet } from '../networks/attentionUnet/run';
import { attentionUnetTable } from '../networks/attentionUnet/table';
import { multiScaleDiscriminatorTable } from '../networks/multiScaleDiscriminator/table';
import { disposeTree, loadTree } from '../networks/parameters';
import { type PatchDiscriminatorWeights, runPatchDiscriminator } from '../networks/patchDiscriminator/run';
import { naiveUp } from '../networks/resample';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../networks/resnetGenerator/table';
import { type SelfAttention, selfAttention } from '../networks/selfAttention';
import { selfAttentionRows } from '../networks/selfAttentionTable';
import { numberOfValues } from '../networks/table';
import { TableWriter } from '../networks/tableWriter';
import { atOnce } from '../pieces';
import * as tf from '../tf';
import type { TrainingState } from '../training/iteration';
import { l1Loss, leastSquares } from '../training/losses';
import { disposeNetworks, networksOf, parametersOf } from '../training/networks';
import { presetSettings, type TrainSettings, withMethod } from '../training/settings';
import { startRun } from '../training/startRun';
import { methodOf, trainingOf } from '.';
import { trainStep as cganStep } from './cgan/train';
import { trainStep as ddpmStep } from './ddpm/train';
import { trainStep as unitStep } from './unit/train';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const image = (seed: number, side = TINY_SIZE) =>
  tf.tensor4d(hashNormals(seed, side ** 2).map(Math.tanh), [1, side, side, 1]);

describe('parameters at the paper’s size', () => {
  it.each([
    ['cgan', 11_365_633],
    ['attgan', 34_861_797],
    ['sagan', 11_530_371],
    ['unit', 11_127_937],
    ['ddpm', 28_446_082],
    ['unit-ddpm', 28_445_505],
  ] as const)('%s has %i', (method, count) => {
    const settings = withMethod(presetSettings('paper', { a: 'T1w', b: 'T2w' }), method);
    const network = trainingOf(settings).network(settings);
    expect(numberOfValues(methodOf(network).table(network))).toBe(count);
  });

  it('munit has 15,007,369, its styles of a slice among them', () => {
    const settings = withMethod(presetSettings('paper', { a: 'T1w', b: 'T2w' }), 'munit');
    const of = (name: string) => {
      const { table } = networksOf(settings).find((spec) => spec.name === name)!;
      return numberOfValues(table);
    };
    expect(of('s.b')).toBe(2_758_664);
    expect(of('e.a') + of('g.b') + of('s.b')).toBe(15_007_369);
  });

  it('the multi-scale discriminator has 8,265,027', () => {
    expect(numberOfValues(multiScaleDiscriminatorTable({ dim: 64, scales: 3 }))).toBe(8_265_027);
  });
});

it('gates that are open leave a plain U-Net, whatever they look at', async () => {
  const table = attentionUnetTable({ width: 2 });
  const x = image(1);
  const made = [];
  for (const seed of [1, 2]) {
    const state = new Map(hashWeights(7, table));
    const others = hashWeights(seed, table);
    for (const [name, tensor] of others) if (/\.W_[gx]\./.test(name)) state.set(name, tensor);
    for (const [name, { shape, data }] of state)
      if (/\.psi\.0\./.test(name))
        state.set(name, { shape, data: data.map(() => (name.endsWith('bias') ? 20 : 0)) });
    const tree = loadTree<AttentionUnetWeights>(table, state);
    const out = runAttentionUnet(tree, x);
    made.push(await out.data());
    out.dispose();
    disposeTree(table, tree);
  }
  expect(made[1]).toEqual(made[0]);
  x.dispose();
});

it('attention over all positions is the pooled one where every 2x2 is of one value, and only there', async () => {
  const writer = new TableWriter('normal');
  selfAttentionRows(writer, ['block', 'block'], 8);
  const weights = hashWeights(3, writer.rows);
  const tree = loadTree<{ block: SelfAttention }>(writer.rows, weights);
  const share = tf.tensor1d([1]);
  const block = { ...tree.block, gamma: share };
  const small = tf.tensor4d(hashNormals(5, 4 * 4 * 8), [1, 4, 4, 8]);
  const other = tf.tensor4d(hashNormals(6, 8 * 8 * 8), [1, 8, 8, 8]);
  const difference = async (x: tf.Tensor4D) => {
    const off = tf.tidy(() =>
      tf.max(tf.abs(tf.sub(selfAttention(block, x), selfAttention(block, x, false)))),
    );
    const [value] = await off.data();
    off.dispose();
    return value;
  };
  const blocks = naiveUp(small);
  // The sums over four equal keys round otherwise.
  expect(await difference(blocks)).toBeLessThan(1e-5);
  expect(await difference(other)).toBeGreaterThan(1e-3);
  disposeTree(writer.rows, tree);
  tf.dispose([small, other, blocks, share]);
});

it('attention whose share is 0 leaves the ResNet to the bit', async () => {
  const plain = resnetGeneratorTable({ ngf: 2, n_blocks: 3 });
  const attentive = resnetGeneratorTable({ ngf: 2, n_blocks: 3, attention_after: [2, 3] });
  const state = new Map(hashWeights(5, attentive));
  for (const [name, { shape }] of state)
    if (name.endsWith('sigma_ratio')) state.set(name, { shape, data: new Float32Array(1) });
  const x = image(2);
  const made = [];
  for (const table of [plain, attentive]) {
    const own = new Map(table.map(({ name }) => [name, state.get(name)!]));
    const tree = loadTree<ResnetGeneratorWeights>(table, own);
    const out = runResnetGenerator(tree, x);
    made.push(await out.data());
    out.dispose();
    disposeTree(table, tree);
  }
  expect(made[1]).toEqual(made[0]);
  x.dispose();
});

it('gradients of both directions, taken apart, are the joint gradient', async () => {
  const settings = tinySettings({ method: 'cgan' });
  const state = startRun(settings);
  const x = { a: image(3), b: image(4) };
  const run = (name: string, of: tf.Tensor4D) =>
    runResnetGenerator(state.networks.get(name)!.tree as ResnetGeneratorWeights, of);
  const judge = (name: string, of: tf.Tensor4D) =>
    runPatchDiscriminator(state.networks.get(name)!.tree as PatchDiscriminatorWeights, of);
  const generators = ['g.a', 'g.b'].map((name) => state.networks.get(name)!);
  const joint = valueAndGradients(() => {
    const made = { a: run('g.a', x.b), b: run('g.b', x.a) };
    const cycle = tf.add(l1Loss(run('g.a', made.b), x.a), l1Loss(run('g.b', made.a), x.b));
    const adversarial = tf.add(leastSquares(judge('d.a', made.a), 1), leastSquares(judge('d.b', made.b), 1));
    return tf.add(adversarial, tf.mul(cycle, settings.options['cycle-weight'])) as tf.Scalar;
  }, generators.flatMap(parametersOf));
  const wanted = await Promise.all(joint.gradients.map((one) => one.data()));
  const got = new Map<string, Promise<Float32Array>[]>();
  const losses = atOnce(
    cganStep(state, x, { generators: 0, discriminators: 0 }, (name, gradients) =>
      got.set(
        name,
        gradients.map((one) => one.data<'float32'>()),
      ),
    ),
  );
  const all = await Promise.all(['g.a', 'g.b'].flatMap((name) => got.get(name)!));
  const largest = Math.max(...wanted.map((values) => Math.max(...values.map(Math.abs))));
  all.forEach((values, n) => {
    values.forEach((value, at) => {
      // Sums in another order.
      expect(Math.abs(value - wanted[n][at]) / largest).toBeLessThan(1e-5);
    });
  });
  tf.dispose([joint.value, ...joint.gradients, ...losses.values(), x.a, x.b]);
  disposeNetworks(state.networks);
});

it('a network that knows the noise ends in the image, whatever is drawn', async () => {
  const schedule = makeCosineSchedule(keptSteps(50));
  const [truth, source] = [image(5, 8), image(6, 8)];
  for (const seed of [1, 2]) {
    const find = (x: tf.Tensor4D, _: tf.Tensor4D, [t]: readonly number[]) => {
      const index = schedule.times.indexOf(t);
      // What noised(truth, noise) = x leaves.
      const noise = tf.div(
        tf.sub(x, tf.mul(truth, schedule.sqrtAlphaBar[index])),
        schedule.sqrtOneMinus[index],
      ) as tf.Tensor4D;
      return { noise, v: null };
    };
    const noise = (index: number) => hashNormals(1000 * seed + index, 64);
    let last: Float32Array | null = null;
    for await (const { x } of ancestralChain(find, schedule, source, { noise }))
      last = await x.data<'float32'>();
    const want = await truth.data();
    last!.forEach((value, n) => {
      expect(Math.abs(value - want[n])).toBeLessThan(1e-3);
    });
  }
  tf.dispose([truth, source]);
});

it('DDPM begins by finding no noise: its error is the noise’s own', async () => {
  const state = startRun(tinySettings({ method: 'ddpm' }));
  const x = { a: image(7), b: image(8) };
  const losses = atOnce(ddpmStep(state, x, { generators: 0, discriminators: 0 }));
  // The mean of 2048 squares varies by 0.03.
  expect(Math.abs((await losses.get('noise')!.data())[0] / 2 - 1)).toBeLessThan(0.12);
  tf.dispose([...losses.values(), x.a, x.b]);
  disposeNetworks(state.networks);
});

it('a noised image has the share of it that the schedule says', async () => {
  const schedule = makeCosineSchedule();
  const [x, none] = [image(9, 8), tf.zeros([1, 8, 8, 1]) as tf.Tensor4D];
  const out = tf.tidy(() => noised(schedule, x, [500], none));
  const [got, from] = [await out.data(), await x.data()];
  // abar_500 of BASELINES.md section 6.
  expect(got[3] / from[3]).toBeCloseTo(Math.sqrt(0.4922851724), 6);
  tf.dispose([x, none, out]);
});

describe('UNIT with shared blocks', () => {
  const shared = (settings: TrainSettings): TrainSettings => ({
    ...settings,
    options: { ...settings.options, 'shared-blocks': 1 },
  });

  it('has two blocks of the code in common at the paper’s size', () => {
    const settings = shared(withMethod(presetSettings('paper', { a: 'T1w', b: 'T2w' }), 'unit'));
    const specs = new Map(networksOf(settings).map((spec) => [spec.name, spec]));
    const counts = trainingOf(settings).tied!(settings).map(({ networks, has }) =>
      numberOfValues(specs.get(networks[0])!.table.filter(({ name }) => has(name))),
    );
    expect(counts).toEqual([1_180_160, 1_180_160]);
  });

  it('keeps them alike, and learns by the sum of what both are told', async () => {
    const settings = shared(tinySettings({ method: 'unit' }));
    const alone = tinySettings({ method: 'unit' });
    const images = { a: image(1), b: image(2) };
    const gradientsOf = async (of: TrainSettings, run: TrainingState) => {
      const found = new Map<string, number[]>();
      const losses = atOnce(
        unitStep({ ...run, settings: of }, images, { generators: 1e-3, discriminators: 0 }, (name, all) => {
          for (const [n, gradient] of all.entries()) found.set(`${name} ${n}`, [...gradient.dataSync()]);
        }),
      );
      tf.dispose([...losses.values()]);
      return found;
    };
    const [one, two] = [startRun(settings), startRun(settings)];
    const tied = trainingOf(settings).tied!(settings);
    const apart = await gradientsOf(alone, one);
    const together = await gradientsOf(settings, two);
    let compared = 0;
    for (const { networks, has } of tied) {
      const { table } = two.networks.get(networks[0])!.spec;
      for (const [n, { name }] of table.entries()) {
        const [a, b] = networks.map((network) => parametersOf(two.networks.get(network)!)[n].dataSync());
        expect(
          [...a].some((value, at) => value !== b[at]),
          name,
        ).toBe(!has(name));
        if (!has(name)) continue;
        const [mine, theirs] = networks.map((network) => apart.get(`${network} ${n}`)!);
        const wanted = mine.map((value, at) => Math.fround(value + theirs[at]));
        expect(together.get(`${networks[0]} ${n}`)).toEqual(wanted);
        compared++;
      }
    }
    expect(compared).toBe(8);
    disposeNetworks(one.networks);
    disposeNetworks(two.networks);
    tf.dispose([images.a, images.b]);
  });
});
