/** Each kernel's work in parts, unit by unit, leaves the same bits in memory as the whole. */
import { beforeAll, expect, it } from 'vitest';
import { nodeEnvironment } from '../../../platform/node/environment';
import { hashNormals } from '../../hash';
import { CUTS, partsOf, RUN } from './parts';
import type { Kernel } from './taskLine';
import { winogradSize } from './winograd';

const PAGES = 64;
const memory = new WebAssembly.Memory({ initial: PAGES, maximum: 65536 });
let kernels: Record<string, Kernel>;

beforeAll(async () => {
  const bytes = await (await nodeEnvironment(() => {}, null)).wasmKernels();
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes), { env: { memory } });
  kernels = exports as Record<string, Kernel>;
});

// What is read, up to ROOM, and what is written, behind it; a kernel's own room lies at the end.
const MIB = 2 ** 20;
const [FROM, BESIDE, WEIGHTS, TO, OTHER, ROOM] = [64, MIB / 2, MIB, 2 * MIB, 2.5 * MIB, 3 * MIB];

/** Of three parameters: where they, their moments and their gradients lie, how long they are, where what becomes of them goes. */
const LIST = WEIGHTS + 0.75 * MIB;
const PARAMETERS = [0, 4096, 8192].flatMap((at, i) => [
  ...[FROM + at, BESIDE + at, WEIGHTS + at, WEIGHTS + MIB / 2 + at, 100 + i],
  ...[TO + at, OTHER + at, TO + MIB / 4 + at],
]);

/** 13 x 9 pixels of 12 channels, to 20. */
const [H, W, C, O] = [13, 9, 12, 20];
const O8 = 24;
const SIZE = winogradSize(H, W, C, O);
const CALLS: Record<string, number[]> = {
  addChannels: [FROM, 3, H * W, C, WEIGHTS, C * 4, TO],
  adamAll: [LIST, 3, 0.5, 0.5, 0.9, 0.1, 1, 1e-8, 1e-3, 0.01],
  filterGradient: [FROM, C * 4, (W + 2) * C * 4, 1, BESIDE, H, W, 3, 3, C, O8, TO],
  channelSums: [FROM, 2, H * W, 37, 0, 0.5, TO, OTHER],
  firDown: [FROM, 14, 10, C, TO, 6 * C * 4, BESIDE],
  firSmooth: [FROM, H, W, C, TO, BESIDE],
  firUp: [FROM, H, W, C, TO, 20 * C * 4, BESIDE],
  groupNorm: [FROM, 2, H * W, 36, 6, 1e-6, 0, WEIGHTS, WEIGHTS + 144, 0, 1, 1, TO, OTHER, OTHER + 4096],
  groupNormBack: [
    FROM,
    BESIDE,
    2,
    H * W,
    36,
    6,
    WEIGHTS,
    WEIGHTS + 144,
    144,
    1,
    1,
    WEIGHTS + 4096,
    TO,
  ].concat([...[OTHER + 8192, OTHER + 8192 + 144, OTHER]]),
  head: [FROM, H, W, W + 3, C, WEIGHTS, 0.1, 1, TO],
  leakyBack: [FROM, BESIDE, 3001, 0.2, TO],
  line: [FROM, H, W, C, WEIGHTS, WEIGHTS + C * 4, TO, C * 4, (W + 2) * C * 4],
  lineSilu: [FROM, H, W, C, WEIGHTS, WEIGHTS + C * 4, TO, C * 4, (W + 2) * C * 4],
  packPanels: [FROM, O * 4, 4, C, O, TO, C * 32],
  pairs: [FROM, BESIDE, 3001, 2, -1, TO],
  place: [FROM, H, W, C, TO, 2 * H + 3, 2 * W + 4, C + 4, 2, 1, 2],
  product: [
    FROM,
    C * 4,
    (W + 2) * C * 4,
    (W + 2) * C * 4,
    3,
    3 * C,
    WEIGHTS,
    TO,
    O * 4,
    W * O * 4,
    H,
    W,
    O,
  ].concat([BESIDE, TO, 0.7]),
  reflectPad: [FROM, 2, H, W, C, 3, TO],
  runSums: [FROM, 3 * RUN + 5, C, ROOM, TO],
  scaled: [TO, 0.5, 3001, TO],
  siluBack: [FROM, BESIDE, 3001, TO],
  siluTo: [FROM, 3001, TO],
  softmax: [TO, H, W, 0.3],
  weightedSum: [FROM, 0.9, BESIDE, 0.1, 3001, TO],
  winograd: [FROM, WEIGHTS, TO, H, W, C, O, BESIDE, TO, 0.7, ROOM, SIZE.block],
  winogradFilterBack: [FROM, C, O8, 10, O, TO, ROOM],
  winogradFilterGradient: [FROM, WEIGHTS, TO, SIZE.tilesY, SIZE.tilesX, C, O8, ROOM, SIZE.block],
  winogradWeights: [FROM, C * O * 4, O * 4, 4, 10, C, O, TO],
};
/** Of one image: by its pixels. */
const ONE_IMAGE = [FROM, 1, 3 * RUN + 5, C, WEIGHTS, C * 4, TO];
/** Of one row: by its pixels. */
const ONE_ROW = [FROM, C * 4, 0, 0, 1, C, WEIGHTS, TO, O * 4, 0, 1, 27, O, BESIDE, TO, 0.7];

it('knows a call of each', () => {
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(CUTS).sort());
});

const START = hashNormals(1, ROOM / 4);

/** The memory after some calls, without the kernel's own room. */
function after(name: string, calls: readonly number[][]): Buffer {
  const numbers = new Float32Array(memory.buffer);
  numbers.fill(0);
  numbers.set(START);
  new Uint32Array(memory.buffer, LIST, PARAMETERS.length).set(PARAMETERS);
  for (const call of calls) kernels[name](...call);
  return Buffer.from(memory.buffer.slice(0, ROOM));
}

it.each([...Object.entries(CALLS), ['product', ONE_ROW] as const, ['addChannels', ONE_IMAGE] as const])(
  '%s',
  (name, args) => {
    const { units, part } = CUTS[name](args);
    expect(units).toBeGreaterThan(1);
    const nothing = after(name, []);
    const whole = after(name, [part(0, units)]);
    expect(whole.equals(nothing)).toBe(false);
    // Backwards: no part needs what another has made.
    const parts = Array.from({ length: units }, (_, i) => part(i, i + 1)).reverse();
    expect(after(name, parts).equals(whole)).toBe(true);
  },
);

it('cuts what is worth it: all units once, a few parts for each thread', () => {
  const part = (begin: number, end: number) => [begin, end];
  const cut = { units: 10, cost: 1e9, part };
  expect(partsOf(cut, 1)).toEqual([[0, 10]]);
  expect(partsOf({ ...cut, cost: 1000 }, 4)).toEqual([[0, 10]]);
  for (const threads of [2, 3, 8]) {
    const calls = partsOf(cut, threads);
    expect(calls.length).toBe(Math.min(10, 8 * threads));
    expect(calls[0][0]).toBe(0);
    expect(calls.at(-1)![1]).toBe(10);
    calls.slice(1).forEach(([begin], i) => {
      expect(begin).toBe(calls[i][1]);
    });
  }
  expect(partsOf({ ...cut, units: 500 }, 32)).toHaveLength(64);
});
