/** Several threads: the same bits as one, over odd sizes; and what remains where a thread fails. */
import { beforeAll, expect, it } from 'vitest';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startThread } from '../../../platform/node/threads';
import { startEngine, withPresentThreads } from '../../backend/backend';
import { hashNormals, hashWeights } from '../../hash';
import { type GeneratorConfig, PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { disposeGenerator, loadGenerator } from '../../networks/ncsnpp/run';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import * as tf from '../../tf';
import { fastDenoiser, ON_WASM } from '../fastDenoiser';
import { ownKernels } from './kernels';
import { type Kernel, LINE_BYTES, taskLine } from './taskLine';
import { type StartThread, Threads, ThreadsLost } from './threads';

const THREADS = 3;

beforeAll(async () => {
  const info = await startEngine('wasm', await nodeEnvironment(() => {}, null, THREADS));
  expect(info.threads).toEqual({ count: THREADS, note: null });
});

/** Faster than by `toEqual`. */
function sameBits(...both: [tf.TypedArray, tf.TypedArray]): boolean {
  const [a, b] = both.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return Buffer.compare(a, b) === 0;
}

/** The same by one thread, by two and by three. */
async function expectSameBits(make: () => Promise<tf.TypedArray>): Promise<void> {
  const made: tf.TypedArray[] = [];
  for (let count = 1; count <= THREADS; count++) {
    ownKernels()!.limitThreads(count);
    expect(ownKernels()!.threadCount).toBe(count);
    made.push(await make());
  }
  expect(made[0].some((v) => v !== 0)).toBe(true);
  for (const other of made.slice(1)) expect(sameBits(other, made[0])).toBe(true);
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
  const { denoise, path, dispose } = fastDenoiser(generator, ON_WASM);
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

it('the diffusive generator once more by one thread where another has failed', async () => {
  const kernels = ownKernels()!;
  const generator = loadGenerator(NETWORK, hashWeights(4, ncsnppTable(NETWORK)));
  const { denoise, path, dispose } = fastDenoiser(generator, ON_WASM);
  const [x, z] = [random<tf.Tensor4D>(1, 32, 32, 1), random<tf.Tensor2D>(1, NETWORK.nz)];
  const values = async () => {
    const image = await denoise(x, x, [1], z);
    const values = await image.data();
    image.dispose();
    return values;
  };
  kernels.limitThreads(1);
  const expected = await values();
  kernels.limitThreads(THREADS);
  const { threads } = kernels as unknown as { threads: Threads };
  const { walk } = threads;
  let walks = 0;
  threads.walk = (...given) => {
    walk.apply(threads, given);
    if (++walks === 1) throw new ThreadsLost();
    threads.walk = walk;
  };
  expect(sameBits(await values(), expected)).toBe(true);
  expect(walks).toBe(2);
  expect(path()).toContain('SIMD kernels');
  tf.dispose([x, z]);
  dispose();
  disposeGenerator(generator);
});

it('sees memory that has grown since the threads began', async () => {
  const [filter, before] = [random<tf.Tensor4D>(3, 3, 8, 16), ownKernels()!.backend.wasm.asm.memory.buffer];
  const kept: tf.Tensor[] = [];
  while (ownKernels()!.backend.wasm.asm.memory.buffer.byteLength <= before.byteLength)
    kept.push(tf.zeros([2 ** 22]));
  const x = random<tf.Tensor4D>(1, 80, 80, 8);
  await expectSameBits(async () => tf.tidy(() => tf.conv2d(x, filter, 1, 'same').dataSync()));
  tf.dispose([...kept, x, filter]);
});

it('each task is done once, by whoever is free', async () => {
  const shared = new SharedArrayBuffer(LINE_BYTES);
  const done: number[] = [];
  const line = taskLine(shared, [(...values) => done.push(...values)], 0);
  const other = taskLine(shared, [(value, room) => done.push(-value, room)], 2);
  line.use(3);
  for (let round = 0; round < 40; round++) {
    const calls = Array.from({ length: 5 }, (_, i) => [i + 1, 0]);
    // The second thread has to be called, the third is awake.
    line.setAwake(2, true);
    expect(line.post(0, calls, { argument: 1, address: 1000, bytes: 10 })).toEqual(round === 0 ? [1] : []);
    expect(other.takeOne()).toBe(true);
    while (line.takeOne());
    expect(other.takeOne()).toBe(false);
    expect(line.finish(100)).toBe(true);
    // The third thread begins at its third of the line, this one at the beginning, and goes on from the end.
    expect(done.splice(0)).toEqual([-4, 1010, 1, 0, 5, 0, 3, 0, 2, 0]);
  }
});

/** Two threads on a module of nothing, of which this one takes no task before the other has: it is not quick. */
async function twoThreads(start: StartThread): Promise<Threads> {
  const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const slow: Kernel = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  return Threads.start([slow], { module, memory, names: ['missing'] }, 2, {
    startThread: start,
    silenceMs: 200,
  });
}

it('goes on with one thread where another fails', async () => {
  // The other thread has no kernel of this name.
  const threads = await twoThreads(startThread);
  expect(threads.count).toBe(2);
  expect(() => threads.run(0, [[], [], [], []], null)).toThrow(ThreadsLost);
  expect([threads.count, threads.lost]).toEqual([1, 'a thread has failed']);
});

it('goes on with one thread where another takes a task and is not heard of again', async () => {
  let shared: SharedArrayBuffer | null = null;
  const silent: StartThread = () => ({
    send: (message) => {
      // A task is taken by the bits of its mark turned.
      if (message !== null) {
        shared = message.shared;
        return;
      }
      const marks = new Int32Array(shared!, 256);
      Atomics.store(marks, 1, ~marks[1]);
    },
    listen: (hear) => void setTimeout(() => hear('ready')),
    stop: () => {},
  });
  const threads = await twoThreads(silent);
  taskLine(shared!, [], 1).setAwake(1, false);
  expect(() => threads.run(0, [[], []], null)).toThrow(ThreadsLost);
  expect(threads.count).toBe(1);
});

it.each([
  ['the script of a thread could not be loaded', 'fail'],
  ['CompileError: wasm', 'hear'],
] as const)('does without threads that do not start: %s', async (reason, way) => {
  let stopped = 0;
  const broken: StartThread = () => ({
    send: () => {},
    listen: (hear, fail) => void setTimeout(() => (way === 'fail' ? fail : hear)(reason)),
    stop: () => void stopped++,
  });
  await expect(twoThreads(broken)).rejects.toThrow(reason);
  expect(stopped).toBe(1);
});

it('makes an operation again by one thread where another has failed, and says so', async () => {
  const kernels = ownKernels()!;
  const info = await startEngine('wasm', await nodeEnvironment(() => {}, null, THREADS));
  const [x, filter] = [random<tf.Tensor4D>(1, 80, 80, 8), random<tf.Tensor4D>(3, 3, 8, 16)];
  const values = () => tf.tidy(() => tf.conv2d(x, filter, 1, 'same').dataSync());
  const expected = values();
  const { threads } = kernels as unknown as { threads: Threads };
  const { run } = threads;
  threads.run = (...given) => {
    run.apply(threads, given);
    threads.end('a thread has failed');
    // What it has written is not whole.
    throw new ThreadsLost();
  };
  expect(withPresentThreads(info).threads).toEqual({ count: THREADS, note: null });
  expect(sameBits(values(), expected)).toBe(true);
  expect(withPresentThreads(info).threads).toEqual({ count: 1, note: 'a thread has failed' });
  // The next start begins others.
  await startEngine('wasm', await nodeEnvironment(() => {}, null, 2));
  expect(ownKernels()!.threadCount).toBe(2);
  expect(sameBits(values(), expected)).toBe(true);
  tf.dispose([x, filter]);
});
