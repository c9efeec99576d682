import { beforeAll, describe, expect, it } from 'vitest';
import { readGolden } from '../../../test/golden';
import { runOnnx } from '../../../test/onnxRuntime';
import { tinyCard, tinyConfig } from '../../../test/tinyModel';
import { BadRequest, WeightsMismatch } from '../../errors';
import { relativeError } from '../../parity/compare';
import { parseGolden } from '../../parity/kit';
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import { hashNormals, hashWeights } from '../hash';
import { methodOf, type Network } from '../methods';
import { ncsnppOf, type OwnUnet } from '../methods/ddpm/network';
import { runUnet } from '../methods/ddpm/runUnet';
import { graphOf } from '../methods/graphMaker';
import { loadTranslator } from '../methods/translator';
import type { UnitDdpmNetwork } from '../methods/unit-ddpm/method';
import { type DdpmUnetWeights, runDdpmUnet } from '../networks/ddpmUnet/run';
import { denoiserOf, loadGenerator, type NcsnppWeights } from '../networks/ncsnpp/run';
import { loadTree } from '../networks/parameters';
import { GRAPH_KINDS, type GraphKind } from '../onnx/layers';
import { isOwnModelFile, modelFile } from '../onnx/modelFile';
import * as tf from '../tf';
import { onnxModel } from './onnxModel';

/** Float32 summed in another order, as of the plain path against the authors' numbers. */
const TOLERANCE = 1e-4;

interface Made {
  state: StateDict;
  side: number;
  kind?: GraphKind;
  half?: boolean;
}

async function fileOf(network: Network, { state, side, kind = 'straight', half = false }: Made) {
  const facts = { producerVersion: '0', name: 'test', text: 'test', metadata: {} };
  return modelFile(await graphOf(network, state, { kind, side, half }), facts);
}

/** Channels begin..end of [b, c, h, w]. */
function channelsOf({ data, shape }: NamedTensor, begin: number, end: number): NamedTensor {
  const [b, c, h, w] = shape;
  const parts = Array.from({ length: b }, (_, i) =>
    data.subarray((i * c + begin) * h * w, (i * c + end) * h * w),
  );
  return { shape: [b, end - begin, h, w], data: Float32Array.from(parts.flatMap((part) => [...part])) };
}

const normals = (seed: number, ...shape: number[]): NamedTensor => ({
  shape,
  data: hashNormals(
    seed,
    shape.reduce((a, b) => a * b, 1),
  ),
});

describe("the authors' numbers, on wasm in onnxruntime-web", () => {
  it.each(['small', 'six_levels', 'no_fir', 'no_pyramid', 'no_tanh_uncentered', 'one_adagn', 'output_skip'])(
    'diffusive generator, %s',
    async (name) => {
      const golden = parseGolden(await readGolden(`net_ncsnpp_${name}.safetensors`));
      const network = methodOf({ method: 'syndiff' }).parse(golden.config, name);
      const x = golden.tensor('in.x');
      const bytes = await fileOf(network, { state: golden.params, side: x.shape[2] });
      const { x0 } = await runOnnx(bytes, {
        x: channelsOf(x, 0, 1),
        source: channelsOf(x, 1, 2),
        t: golden.tensor('in.t'),
        z: golden.tensor('in.z'),
      });
      const want = channelsOf(golden.tensor('out'), 0, 1);
      expect(x0.shape).toEqual(want.shape);
      expect(relativeError(x0.data, want.data)).toBeLessThan(TOLERANCE);
    },
  );

  it.each([
    ['resnet', 'net_resnet_generator.safetensors'],
    ['cgan', 'baselines/net_cgan_generator.safetensors'],
    ['attgan', 'baselines/net_attention_unet.safetensors'],
  ] as const)('one pass of %s', async (method, file) => {
    const golden = parseGolden(await readGolden(file));
    const x = golden.tensor('in.x');
    const network = methodOf({ method }).parse(golden.config, file);
    const bytes = await fileOf(network, { state: golden.params, side: x.shape[2] });
    const { target } = await runOnnx(bytes, { source: x });
    expect(target.shape).toEqual(golden.tensor('out').shape);
    expect(relativeError(target.data, golden.tensor('out').data)).toBeLessThan(TOLERANCE);
  });
});

describe('the plain path, of both kinds of graph', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });
  const SIDE = 16;
  const syndiff = tinyCard(16).network as Network & { method: 'syndiff' };
  const kinds = GRAPH_KINDS.map((kind) => [kind] as const);

  it.each(kinds)('SynDiff with a source and without: %s', async (kind) => {
    for (const network of [
      { ...syndiff, attn_resolutions: [8] },
      { ...syndiff, num_channels: 1 },
    ]) {
      const state = hashWeights(3, methodOf(network).table(network));
      const [x, source, z] = [normals(1, 1, 1, SIDE, SIDE), normals(2, 1, 1, SIDE, SIDE), normals(4, 1, 4)];
      const t = { shape: [1], data: Float32Array.of(2) };
      const given = { x, t, z, ...(network.num_channels === 1 ? {} : { source }) };
      const { x0 } = await runOnnx(await fileOf(network, { state, side: SIDE, kind }), given);
      const image = ({ data }: NamedTensor) => tf.tensor4d(data, [1, SIDE, SIDE, 1]);
      const plain = denoiserOf(loadGenerator(network, state));
      const want = await plain(image(x), image(source), [2], tf.tensor2d(z.data, [1, 4])).data();
      expect(relativeError(x0.data, want)).toBeLessThan(TOLERANCE);
    }
  });

  const ONE_PASS: Network[] = [
    { method: 'resnet', ngf: 3, n_blocks: 2 },
    { method: 'sagan', ngf: 4, n_blocks: 3, attention_after: [2, 3] },
    { method: 'sagan', ngf: 4, n_blocks: 3, attention_after: [2, 3], attention_pooled: false },
    { method: 'attgan', width: 2 },
    { method: 'unit', dim: 3 },
    { method: 'munit', dim: 3, style_dim: 4, mlp_dim: 6, style_encoder: true },
  ];
  it.each(ONE_PASS)('$method, one pass', async (network) => {
    const state = hashWeights(5, methodOf(network).table(network));
    const [source, style] = [normals(6, 1, 1, SIDE, SIDE), normals(7, 1, 4)];
    const translator = await loadTranslator({ network, diffusion: tinyCard(16).diffusion }, state);
    const draws = { noise: () => new Float32Array(), latent: () => style.data };
    let want: Float32Array | undefined;
    for await (const frame of translator.run(tf.tensor4d(source.data, [1, SIDE, SIDE, 1]), draws))
      want = (await frame.data()) as Float32Array;
    translator.dispose();
    for (const kind of GRAPH_KINDS) {
      const bytes = await fileOf(network, { state, side: SIDE, kind });
      const { target } = await runOnnx(bytes, network.method === 'munit' ? { source, style } : { source });
      expect(relativeError(target.data, want!)).toBeLessThan(TOLERANCE);
    }
  });

  it.each(['ddpm', 'unit-ddpm'] as const)('a step of %s', async (method) => {
    const is = method === 'ddpm';
    const network = {
      ...{ method, width: 9, groups: 3, mult: [1, 2], nres: 1, attention: [2] },
      ...{ scale_shift: is, in_channels: 2, out_channels: is ? 2 : 1 },
    } as OwnUnet | UnitDdpmNetwork;
    const table = methodOf(network).table(network);
    const state = hashWeights(8, table);
    const both = normals(9, 1, 2, SIDE, SIDE);
    const [x, source] = [channelsOf(both, 0, 1), channelsOf(both, 1, 2)];
    const t = { shape: [1], data: Float32Array.of(731) };
    const image = tf.transpose(tf.tensor4d(both.data, [1, 2, SIDE, SIDE]), [0, 2, 3, 1]);
    const plain = runDdpmUnet(
      { config: network, weights: loadTree<DdpmUnetWeights>(table, state) },
      image as tf.Tensor4D,
      [731],
    );
    const want = (await tf.transpose(plain, [3, 0, 1, 2]).data()) as Float32Array;
    for (const kind of GRAPH_KINDS) {
      const made = await runOnnx(await fileOf(network, { state, side: SIDE, kind }), { x, source, t });
      const got = [...made.noise.data, ...(is ? made.v.data : [])];
      expect(relativeError(got, want)).toBeLessThan(TOLERANCE);
    }
  });

  it("a step of ddpm with SynDiff's U-Net, its latent 0", async () => {
    const network = ncsnppOf(tinyConfig(16), 2);
    const table = methodOf(network).table(network);
    const state = hashWeights(8, table);
    const both = normals(9, 1, 2, 16, 16);
    const [x, source] = [channelsOf(both, 0, 1), channelsOf(both, 1, 2)];
    const image = tf.transpose(tf.tensor4d(both.data, [1, 2, 16, 16]), [0, 2, 3, 1]) as tf.Tensor4D;
    const plain = runUnet({ config: network, weights: loadTree<NcsnppWeights>(table, state) }, image, [731]);
    const want = (await tf.transpose(plain, [3, 0, 1, 2]).data()) as Float32Array;
    const t = { shape: [1], data: Float32Array.of(731) };
    for (const kind of GRAPH_KINDS) {
      const made = await runOnnx(await fileOf(network, { state, side: 16, kind }), { x, source, t });
      expect(relativeError([...made.noise.data, ...made.v.data], want)).toBeLessThan(TOLERANCE);
    }
  });
});

describe('the file', () => {
  const card = tinyCard(16);
  const state = hashWeights(10, methodOf(card.network).table(card.network));
  const options = { kind: 'straight', version: '1.2.3', half: false } as const;
  const model = { card, weights: { state } as never };
  const inputs = {
    ...{ x: normals(1, 2, 1, 16, 16), source: normals(2, 2, 1, 16, 16), z: normals(3, 2, 4) },
    t: { shape: [2], data: Float32Array.of(3, 0) },
  };

  it('says what it is', async () => {
    const bytes = await onnxModel(model, options);
    expect(isOwnModelFile(bytes)).toBe(true);
    const text = new TextDecoder('latin1').decode(bytes);
    for (const part of [
      '1.2.3',
      'SynDiff, diffusive generator: T1w to FLAIR',
      JSON.stringify(card.diffusion),
    ])
      expect(text).toContain(part);
  });

  it('says how an image is made of its steps, as the sampler makes it', async () => {
    const two = { ...card, diffusion: { ...card.diffusion, steps: 2 } };
    const bytes = await onnxModel({ ...model, card: two }, options);
    const text = new TextDecoder('latin1').decode(bytes);
    const chain = JSON.parse(/\[\{"t":.*?\}\]/.exec(text)![0]) as Record<string, number>[];
    expect(chain.map(({ t }) => t)).toEqual([1, 0]);
    const [source, ...noises] = [20, 21, 22, 23].map((seed) => normals(seed, 1, 1, 16, 16));
    const latents = chain.map((_, n) => normals(30 + n, 1, 4));
    let x = noises[0];
    for (const [n, { t, c1, c2, deviation }] of chain.entries()) {
      const given = { x, source, t: { shape: [1], data: Float32Array.of(t) }, z: latents[n] };
      const { x0 } = await runOnnx(bytes, given);
      const noise = noises[n + 1].data;
      const data = x0.data.map((value, i) => c1 * value + c2 * x.data[i] + deviation * noise[i]);
      x = { shape: x.shape, data };
    }
    await tf.setBackend('cpu');
    const { steps } = two.diffusion;
    const translator = await loadTranslator(two, state);
    // Of step n the start, of the others what follows the step; step n - 1 is the first.
    const draws = {
      noise: (step: number) => noises[steps - step].data,
      latent: (step: number) => latents[steps - 1 - step].data,
    };
    let want: Float32Array | undefined;
    for await (const frame of translator.run(tf.tensor4d(source.data, [1, 16, 16, 1]), draws))
      want = (await frame.data()) as Float32Array;
    translator.dispose();
    expect(relativeError(x.data, want!)).toBeLessThan(TOLERANCE);
  });

  it('in float16 is half as large and almost the same', async () => {
    const [whole, half] = [
      await onnxModel(model, options),
      await onnxModel(model, { ...options, half: true }),
    ];
    expect(half.length).toBeLessThan(0.75 * whole.length);
    const [want, got] = [await runOnnx(whole, inputs), await runOnnx(half, inputs)];
    // Weights are rounded to 11 bits.
    const error = relativeError(got.x0.data, want.x0.data);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(5e-3);
  });

  it('refuses what has no graph, and what float16 cannot hold', async () => {
    const network = (change: object) => ({
      ...model,
      card: { ...card, network: { ...card.network, ...change } as never },
    });
    for (const change of [{ embedding_type: 'fourier' }, { num_channels: 3 }]) {
      const changed = network(change);
      const fitting = hashWeights(1, methodOf(card.network).table(changed.card.network));
      await expect(onnxModel({ ...changed, weights: { state: fitting } as never }, options)).rejects.toThrow(
        WeightsMismatch,
      );
    }
    const [[name, first], ...rest] = [...state];
    const large = new Map([[name, { ...first, data: first.data.map(() => 1e5) }], ...rest]);
    await expect(
      onnxModel({ card, weights: { state: large } as never }, { ...options, half: true }),
    ).rejects.toThrow(BadRequest);
  });
});
