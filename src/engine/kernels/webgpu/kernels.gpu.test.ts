/** Each kernel against its twin of plain operations, over odd sizes, channels that fill no vector, and batches. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import '../../../../test/softwareVulkan';
import { relativeError } from '../../../parity/compare';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { hashNormals } from '../../hash';
import { adaptiveGroupNorm, attention, conv2d, groupNorm, groupsFor, silu } from '../../networks/layers';
import { firDown, firSmooth, firUp, naiveDown, naiveUp } from '../../networks/resample';
import * as tf from '../../tf';
import { GraphBuilder, type Image, type TileChoice } from './builder';
import { exactForm, stepOf } from './exactForm';
import type { Graph } from './graph';
import { bufferOf, GraphRun, submitPending, uploadWeights, webgpuBackend } from './runtime';
import { candidateTiles, chooseTile, softwareTile } from './tiles';
import { TunedTiles } from './tunedTiles';
import { tune, tunedShapes, untuned } from './tuning';
import type { Storage } from './wgsl';

// Software drivers compile for seconds, of a busy machine for minutes.
vi.setConfig({ testTimeout: 300_000 });

const errors: Error[] = [];
const asked = process.env.SYNDIFF_KERNELS !== undefined;
const environment = await nodeEnvironment((error) => errors.push(error));
const adapter = await environment.gpu?.requestAdapter();

let seed = 0;
const normal = <T extends tf.Tensor>(...shape: number[]): T =>
  tf.tensor(
    hashNormals(
      ++seed,
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  ) as T;

const STYLE = 3;
const TIME = 2;
/** Sums in another order; halves round at 5e-4 of a number. */
const TOLERANCES = { f32: 1e-5, f16: 3e-3 };

interface Case {
  images: tf.Tensor4D[];
  /** Read as one. */
  build: (g: GraphBuilder, input: Image) => Image;
  plain: (input: tf.Tensor4D) => tf.Tensor4D;
  storage?: Storage;
  tile?: TileChoice;
  /** Weights in the smallest form that holds them. */
  isExact?: boolean;
  subgroups?: boolean;
  look?: (graph: Graph) => void;
}

let hidden: { style: tf.Tensor2D; time: tf.Tensor2D };

/** A graph of a few layers on the device. */
async function runOf({
  images,
  build,
  storage = 'f32',
  tile = softwareTile,
  isExact = false,
  subgroups = false,
}: Omit<Case, 'plain'>) {
  const [batch, height, width] = images[0].shape;
  const values = new Map<tf.Tensor, Float32Array>();
  for (const tensor of used) values.set(tensor, (await tensor.data()) as Float32Array);
  const exact = (tensor: tf.Tensor) => exactForm(values.get(tensor)!, tensor.shape.at(-1)!);
  const g = new GraphBuilder({
    batch,
    storage,
    weights: storage,
    exact: isExact ? exact : undefined,
    tile,
    subgroups,
  });
  g.conditions(STYLE, TIME);
  const channels = images.map(({ shape }) => shape[3]);
  const made = build(g, g.input(channels, height, width, 1, 0));
  const graph = g.output(made, made.channels);
  const { device } = webgpuBackend();
  const weights = await uploadWeights(device, graph.blocks, (tensor) => values.get(tensor)!);
  return { run: await GraphRun.make(device, graph, weights), weights };
}

/** Largest relative error of such a graph; what it allocates is freed. */
async function errorOf(example: Case): Promise<number> {
  const { images, plain } = example;
  const [batch] = images[0].shape;
  const { run, weights } = await runOf(example);
  example.look?.(run.graph);
  const backend = webgpuBackend();
  const rows = await tf.concat([hidden.style, hidden.time], 1).data<'float32'>();
  const want = tf.tidy(() => plain(tf.concat(images, 3)));
  const out = tf.zerosLike(want);
  const buffers = images.map((image) => bufferOf(backend, image));
  const target = bufferOf(backend, out);
  submitPending(backend);
  await run.run(
    { images: buffers, hidden: rows.slice(0, batch * (STYLE + TIME)) as Float32Array<ArrayBuffer> },
    target,
  );
  const error = relativeError((await out.data()) as Float32Array, (await want.data()) as Float32Array);
  run.dispose();
  weights.buffer.destroy();
  tf.dispose([want, out]);
  return error;
}

/** Tensors that graphs take weights from. */
const used: tf.Tensor[] = [];
const weight = <T extends tf.Tensor>(...shape: number[]): T => {
  const tensor = normal<T>(...shape);
  used.push(tensor);
  return tensor;
};
const dense = (from: number, to: number) => ({
  weight: weight<tf.Tensor2D>(from, to),
  bias: weight<tf.Tensor1D>(to),
});
const conv = (size: number, from: number, to: number) => ({
  weight: weight<tf.Tensor4D>(size, size, from, to),
  bias: weight<tf.Tensor1D>(to),
});

/** A convolution that measures, so that a norm can follow. */
function convolved(g: GraphBuilder, input: Image, { weight: w, bias }: ReturnType<typeof conv>): Image {
  const out = { ...input, channels: w.shape[3] };
  return g.convolution('conv', [{ image: input, weights: [w] }], out, g.constant([bias], [out.channels]), {
    statistics: true,
  });
}

describe.skipIf(!adapter)('kernels (runs where there is an adapter)', () => {
  beforeAll(async () => {
    await startEngine('webgpu', environment);
    hidden = { style: normal(2, STYLE), time: normal(2, TIME) };
  }, 300_000);
  afterAll(() => {
    expect(errors).toEqual([]);
    tf.removeBackend('webgpu');
  });

  // What reads and writes halves is the same for all kernels: one of each storage is enough, unless all are asked for.
  it.each(asked ? (['f32', 'f16'] as const) : (['f32'] as const))(
    'residual block of two images with AdaGN, time and 1x1 skip, %s',
    async (storage) => {
      const [first, second] = [conv(3, 3, 7), conv(3, 3, 9)];
      const [main, skip, style, time] = [conv(3, 16, 5), conv(1, 16, 5), dense(STYLE, 32), dense(TIME, 5)];
      const error = await errorOf({
        storage,
        images: [normal(2, 7, 9, 1), normal(2, 7, 9, 2)],
        build: (g, input) => {
          const parts = [convolved(g, input, first), convolved(g, input, second)];
          const layout = [7, 9];
          const gamma = g.conditioned('style', style, 0, layout);
          const norm = g.norm(parts, groupsFor(16), 1e-6, gamma, g.conditioned('style', style, 16, layout));
          const from = [0, 7];
          return g.convolution(
            'block',
            [
              ...parts.map((image, i) => ({
                image,
                norm,
                normPart: i,
                activate: true,
                weights: [main.weight],
                from: from[i],
              })),
              ...parts.map((image, i) => ({
                image,
                kernel: 1 as const,
                weights: [skip.weight],
                from: from[i],
              })),
            ],
            { ...input, channels: 5 },
            g.conditioned('time', time, 0, [5], [main.bias, skip.bias]),
            { scale: Math.SQRT1_2 },
          );
        },
        plain: (input) => {
          const joined = tf.concat([conv2d(first, input), conv2d(second, input)], 3) as tf.Tensor4D;
          const h = conv2d(main, silu(adaptiveGroupNorm({ style }, joined, hidden.style)));
          const timed = tf.add(
            h,
            tf.reshape(tf.add(tf.matMul(hidden.time, time.weight), time.bias), [2, 1, 1, 5]),
          );
          return tf.mul(tf.add(timed, conv2d(skip, joined)), Math.SQRT1_2);
        },
      });
      expect(error).toBeLessThan(TOLERANCES[storage]);
    },
  );

  it('weights of eight bits, of products, of parts with scales of their own and beside one another', async () => {
    const eightBits = async <T extends tf.Tensor>({
      weight: full,
      bias,
    }: {
      weight: T;
      bias: tf.Tensor1D;
    }) => {
      const outputs = full.shape.at(-1)!;
      const values = (await full.data()) as Float32Array;
      const scales = Float32Array.from(values.subarray(0, outputs), (_, o) => (3 + (o % 5)) / 200);
      const scaled = values.map((value, i) => {
        const scale = scales[i % outputs];
        // The first of each output is its largest.
        return scale * (i < outputs ? 127 : Math.max(-127, Math.min(127, stepOf(value, scale))));
      });
      used.splice(used.indexOf(full), 1);
      const weight = tf.tensor(scaled, full.shape) as T;
      used.push(weight);
      return { weight, bias };
    };
    const [first, main] = [await eightBits(conv(3, 3, 7)), await eightBits(conv(3, 7, 5))];
    const [skip, style] = [await eightBits(conv(1, 7, 5)), await eightBits(dense(STYLE, 14))];
    const [wide, beside] = [await eightBits(conv(7, 5, 30)), await eightBits(conv(1, 30, 3))];
    const kinds = new Set<string>();
    const error = await errorOf({
      isExact: true,
      images: [normal(2, 7, 9, 3)],
      build: (g, input) => {
        const h = convolved(g, input, first);
        const gamma = g.conditioned('style', style, 0, [7]);
        const norm = g.norm([h], 1, 1e-6, gamma, g.conditioned('style', style, 7, [7]));
        const block = g.convolution(
          'block',
          [
            { image: h, norm, activate: true, weights: [main.weight] },
            { image: h, kernel: 1, weights: [skip.weight] },
          ],
          { ...input, channels: 5 },
          g.constant([main.bias, skip.bias], [5]),
        );
        // Of so many columns that the weights do not go through workgroup memory.
        const made = g.convolution(
          'wide',
          [{ image: block, kernel: 7, pad: 3, reflect: true, weights: [wide.weight] }],
          { ...input, channels: 30 },
          g.constant([wide.bias], [30]),
          { scale: 0.1 },
        );
        const out = g.convolution(
          'beside',
          [{ image: made, kernel: 1, weights: [beside.weight, beside.weight] }],
          { ...input, channels: 8 },
          g.constant([beside.bias, beside.bias], [3, 3], true),
        );
        return out;
      },
      plain: (input) => {
        const h = conv2d(first, input);
        const lit = silu(adaptiveGroupNorm({ style }, h, hidden.style));
        const block = tf.add(conv2d(main, lit), conv2d(skip, h)) as tf.Tensor4D;
        const edges = tf.mirrorPad(
          block,
          [
            [0, 0],
            [3, 3],
            [3, 3],
            [0, 0],
          ],
          'reflect',
        ) as tf.Tensor4D;
        const made = conv2d(beside, tf.mul(conv2d(wide, edges, 1, 0), 0.1));
        const none = tf.zeros([...made.shape.slice(0, 3), 1]);
        return tf.concat([made, none, made, none], 3) as tf.Tensor4D;
      },
      look: ({ blocks }) => {
        for (const { storage } of blocks) kinds.add(storage);
      },
    });
    expect(error).toBeLessThan(TOLERANCES.f32);
    // Biases alone are as they were.
    expect([...kinds].sort()).toEqual(['f32', 'q8']);
  });

  /** The convolution of six vectors by a tile of a GPU; compilers take a second and more for each. */
  const gpuTile =
    (pick: number): TileChoice =>
    (out, batch, shape) =>
      shape.includes('of 6') ? candidateTiles(out).at(pick)! : softwareTile(out, batch);

  it('the tile of most work a thread, over sizes that it does not divide: residual, tanh, statistics, subgroups', async () => {
    const [first, second] = [conv(3, 2, 24), conv(3, 24, 24)];
    const subgroups = adapter!.features.has('subgroups');
    const kernels: string[] = [];
    const affine = { weight: weight<tf.Tensor1D>(24), bias: weight<tf.Tensor1D>(24) };
    const error = await errorOf({
      tile: gpuTile(0),
      subgroups,
      look: ({ dispatches }) => kernels.push(...dispatches.map(({ kernel }) => kernel.code)),
      images: [normal(1, 11, 18, 2)],
      build: (g, input) => {
        const h = convolved(g, input, first);
        const made = g.convolution(
          'second',
          [{ image: h, weights: [second.weight] }],
          h,
          g.constant([second.bias], [24]),
          { residual: h, tanh: true, scale: 0.01, statistics: true },
        );
        const gamma = g.constant([affine.weight], [24]);
        const norm = g.norm([made], 6, 1e-6, gamma, g.constant([affine.bias], [24]));
        return g.resample('smooth', true, made, norm).activated;
      },
      plain: (input) => {
        const h = conv2d(first, input);
        const made: tf.Tensor4D = tf.tanh(tf.mul(tf.add(h, conv2d(second, h)), 0.01));
        return firSmooth(silu(groupNorm(affine, made, 6, 1e-6)));
      },
    });
    // Where the device has them; the other tests' norms go by memory.
    expect(kernels.filter((code) => code.includes('subgroupAdd'))).toHaveLength(subgroups ? 1 : 0);
    expect(error).toBeLessThan(TOLERANCES.f32);
  });

  it('the tile of least work a thread, stride 2', async () => {
    const [first, second] = [conv(3, 2, 24), conv(3, 24, 24)];
    const error = await errorOf({
      tile: gpuTile(-1),
      images: [normal(1, 11, 18, 2)],
      build: (g, input) =>
        g.convolution(
          'second',
          [{ image: convolved(g, input, first), stride: 2, pad: 0, weights: [second.weight] }],
          { height: 5, width: 8, channels: 24 },
          g.constant([second.bias], [24]),
        ),
      plain: (input) => conv2d(second, conv2d(first, input), 2, 0),
    });
    expect(error).toBeLessThan(TOLERANCES.f32);
  });

  it('tiles are tried on the device, remembered, and give the same numbers', async () => {
    const layers = [conv(1, 4, 4), conv(1, 4, 4)];
    const images = [normal<tf.Tensor4D>(1, 8, 16, 4)];
    const build = (g: GraphBuilder, input: Image) =>
      layers.reduce(
        (image, { weight: w, bias }) =>
          g.convolution('conv', [{ image, kernel: 1, weights: [w] }], image, g.constant([bias], [4])),
        input,
      );
    const { run, weights } = await runOf({ images, build, tile: chooseTile });
    const texts: string[] = [];
    const kept = {
      read: async () => texts.at(-1) ?? null,
      write: async (text: string) => void texts.push(text),
    };
    const tiles = await TunedTiles.of('software', kept);
    const { now } = environment;
    expect(await tune(run, { tiles, now }, 0)).toBe(false);
    expect(tunedShapes(run.graph, tiles)).toEqual({ shapes: 1, tuned: 0 });
    await tune(run, { tiles, now });
    expect(tunedShapes(run.graph, tiles)).toEqual({ shapes: 1, tuned: 1 });
    const remembered = await TunedTiles.of('software', kept);
    expect(untuned(run.graph, remembered)).toEqual([]);
    expect(untuned(run.graph, await TunedTiles.of('another', kept))).toEqual([2]);
    run.dispose();
    weights.buffer.destroy();
    const plain = (input: tf.Tensor4D) => layers.reduce((image, layer) => conv2d(layer, image), input);
    const tile: TileChoice = (out, _, shape) => remembered.tileOf(shape, out)!;
    expect(await errorOf({ images, build, plain, tile })).toBeLessThan(TOLERANCES.f32);
  });

  const KINDS = { up: [firUp, naiveUp], down: [firDown, naiveDown], smooth: [firSmooth, firSmooth] } as const;

  it.each(['up', 'down', 'smooth'] as const)(
    'resampling %s, of the image and of its norm, in one pass',
    async (kind) => {
      const first = conv(3, 2, 5);
      const affine = { weight: weight<tf.Tensor1D>(5), bias: weight<tf.Tensor1D>(5) };
      for (const fir of kind === 'smooth' ? [true] : [true, false]) {
        const plain = KINDS[kind][fir ? 0 : 1];
        for (const which of ['raw', 'activated'] as const)
          expect(
            await errorOf({
              images: [normal(2, 6, 10, 2)],
              build: (g, input) => {
                const h = convolved(g, input, first);
                const gamma = g.constant([affine.weight], [5]);
                return g.resample(kind, fir, h, g.norm([h], 1, 1e-6, gamma, g.constant([affine.bias], [5])))[
                  which
                ];
              },
              plain: (input) => {
                const h = conv2d(first, input);
                return plain(which === 'raw' ? h : silu(groupNorm(affine, h, 1, 1e-6)));
              },
            }),
            `${fir ? 'FIR' : 'naive'} ${which}`,
          ).toBeLessThan(TOLERANCES.f32);
      }
    },
  );

  it.each(asked ? (['f32', 'f16'] as const) : (['f16'] as const))('attention, %s', async (storage) => {
    const first = conv(3, 2, 6);
    const norm = { weight: weight<tf.Tensor1D>(6), bias: weight<tf.Tensor1D>(6) };
    const [query, key, value, out] = [dense(6, 6), dense(6, 6), dense(6, 6), dense(6, 6)];
    const error = await errorOf({
      storage,
      images: [normal(2, 5, 3, 2)],
      build: (g, input) => {
        const h = convolved(g, input, first);
        const gamma = g.constant([norm.weight], [6]);
        const normed = g.norm([h], 1, 1e-6, gamma, g.constant([norm.bias], [6]));
        const three = [query, key, value];
        const qkv = g.convolution(
          'qkv',
          [{ image: h, kernel: 1, norm: normed, weights: three.map((layer) => layer.weight) }],
          { ...h, channels: 24 },
          g.constant(
            three.map((layer) => layer.bias),
            [6, 6, 6],
            true,
          ),
        );
        return g.convolution(
          'out',
          [{ image: g.attention(qkv, 6), kernel: 1, weights: [out.weight] }],
          h,
          g.constant([out.bias], [6]),
          { residual: h, scale: Math.SQRT1_2 },
        );
      },
      plain: (input) => attention({ norm, query, key, value, out }, conv2d(first, input)),
    });
    expect(error).toBeLessThan(TOLERANCES[storage]);
  });
});
