import { describe, expect, it } from 'vitest';
import { type Contender, madeUpTask, measureSpeed, type SpeedTask, stepTimes } from './speed';

const TASK = { card: { preprocessing: { size: 2 } } } as unknown as SpeedTask;

const UNKNOWN = { dispatches: null, bytes: null };

/** A clock that goes on only by what contenders take. */
function stage() {
  let ms = 0;
  const order: string[] = [];
  const disposed: string[] = [];
  const contender = (
    id: string,
    {
      takes,
      isOracle = false,
      image = [0, 0, 0, 0],
      failsAt = Number.POSITIVE_INFINITY,
    }: { takes: number; isOracle?: boolean; image?: number[]; failsAt?: number },
  ): Contender => ({
    id,
    label: id,
    isOracle,
    start: async () => {
      ms += 100;
      let steps = 0;
      return {
        step: async () => {
          if (steps++ === failsAt) throw new Error(`${id}: has no more memory`);
          order.push(id);
          ms += takes;
          return Float32Array.from(image);
        },
        dispose: () => void disposed.push(id),
      };
    },
  });
  return { order, disposed, contender, now: () => ms };
}

describe('the speed of engines', () => {
  it('times steps after warm-ups, in an order that changes, and compares images', async () => {
    const { order, disposed, contender, now } = stage();
    const contenders = [
      contender('ours', { takes: 4, image: [0.2, 0, 0, 0] }),
      contender('plain', { takes: 10, isOracle: true }),
      contender('same', { takes: 6 }),
    ];
    const told = { oracle: 'plain', counts: UNKNOWN };
    const found = await measureSpeed(contenders, TASK, { warmUps: 2, runs: 5, seed: 3 }, { now });
    expect(found).toEqual([
      // 10 log10(2² / (0.2² / 4)), whichever row comes first
      { id: 'ours', firstMs: 104, ms: [4, 4, 4, 4, 4], psnr: expect.closeTo(26.02, 2), ...told },
      { id: 'plain', firstMs: 110, ms: [10, 10, 10, 10, 10], psnr: null, ...told },
      { id: 'same', firstMs: 106, ms: [6, 6, 6, 6, 6], psnr: null, ...told },
    ]);
    const rounds = Array.from({ length: 7 }, (_, n) => order.slice(3 + 3 * n, 6 + 3 * n).join());
    for (const round of rounds) expect(round.split(',').sort()).toEqual(['ours', 'plain', 'same']);
    expect(new Set(rounds).size).toBeGreaterThan(1);
    expect(disposed).toEqual(['ours', 'plain', 'same']);
  });

  it('goes on without one that fails, at its start or later', async () => {
    const { contender, now, disposed } = stage();
    const absent: Contender = {
      id: 'absent',
      label: 'absent',
      start: () => Promise.reject(new Error('absent: is not installed')),
    };
    const contenders = [
      contender('plain', { takes: 10 }),
      absent,
      contender('weak', { takes: 1, failsAt: 3 }),
    ];
    const [plain, ...others] = await measureSpeed(
      contenders,
      TASK,
      { warmUps: 1, runs: 4, seed: 0 },
      { now },
    );
    expect(plain).toMatchObject({ ms: [10, 10, 10, 10] });
    expect(others).toEqual([
      { id: 'absent', failed: 'absent: is not installed' },
      { id: 'weak', failed: 'weak: has no more memory' },
    ]);
    expect(disposed).toEqual(['plain', 'weak']);
  });

  it('holds images against the next oracle where one makes none, by what an oracle that fails later has made, and never against another', async () => {
    const { contender, now } = stage();
    const options = { warmUps: 0, runs: 2, seed: 0 };
    const ours = contender('ours', { takes: 1, image: [0.2, 0, 0, 0] });
    const absent = contender('gpu', { takes: 1, isOracle: true, failsAt: 0 });
    const weak = contender('wasm', { takes: 1, isOracle: true, failsAt: 1 });
    const [, own, failed] = await measureSpeed([absent, ours, weak], TASK, options, { now });
    expect(own).toMatchObject({ psnr: expect.closeTo(26.02, 2), oracle: 'wasm' });
    expect(failed).toMatchObject({ failed: 'wasm: has no more memory' });
    const other = contender('other', { takes: 1 });
    const without = await measureSpeed([absent, other, ours], TASK, options, { now });
    expect(without.slice(1)).toMatchObject([
      { id: 'other', psnr: null, oracle: null },
      { id: 'ours', psnr: null, oracle: null },
    ]);
  });

  it('makes ready before each step, untimed, and counts when all is timed', async () => {
    const { contender, now, order } = stage();
    const plain = contender('plain', { takes: 10 });
    let readied = 0;
    const counted: Contender = {
      ...plain,
      start: async (task) => {
        const runner = await plain.start(task);
        return {
          ...runner,
          ready: async () => {
            readied++;
            order.push('ready');
          },
          counts: async () => {
            await runner.step();
            return { dispatches: 12, bytes: 3456 };
          },
        };
      },
    };
    const found = await measureSpeed([counted], TASK, { warmUps: 1, runs: 2, seed: 0 }, { now });
    expect(found).toMatchObject([{ ms: [10, 10], counts: { dispatches: 12, bytes: 3456 } }]);
    expect(readied).toBe(4);
    expect(order.join()).toBe('plain,ready,plain,ready,plain,ready,plain,ready,plain');
  });

  it('is cancelled between steps', async () => {
    const { contender, now, order, disposed } = stage();
    const stop = new AbortController();
    const pause = async () => {
      if (order.length === 2) stop.abort();
    };
    const machine = { now, pause, signal: stop.signal };
    const run = measureSpeed(
      [contender('plain', { takes: 1 })],
      TASK,
      { warmUps: 1, runs: 9, seed: 0 },
      machine,
    );
    await expect(run).rejects.toMatchObject({ name: 'Aborted' });
    expect(order).toHaveLength(2);
    expect(disposed).toEqual(['plain']);
  });
});

it('the median and the ninth tenth', () => {
  const { median, p90 } = stepTimes({ ms: [5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11] });
  expect(median).toBe(6);
  expect(p90).toBeCloseTo(10, 5);
});

it('a made-up slice is the same at every call, within the range', () => {
  const { source, draws } = madeUpTask(TASK.card, TASK.weights);
  expect([...source]).toEqual([...madeUpTask(TASK.card, TASK.weights).source]);
  for (const value of source) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  expect(draws.noise(4)).toHaveLength(4);
  expect(draws.latent(3, 7)).toHaveLength(7);
});
