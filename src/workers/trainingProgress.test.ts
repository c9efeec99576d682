import { expect, it } from 'vitest';
import { TrainingProgress } from './trainingProgress';

it('counts neither what came before the first iteration nor the compiling of it, but the looks in between', () => {
  let time = 0;
  const progress = new TrainingProgress(10, () => time);
  expect(progress.before(0, 5, true)).toMatchObject({ step: 0, remainingMs: null, compiling: true });
  time = 60_000; // a validation of the start
  const after = (step: number, ms: number, look = 0) => {
    time += ms;
    const told = progress.after({ step, losses: {}, rate: 1, ms }, 7);
    time += look;
    return told;
  };
  expect(after(1, 3000)).toMatchObject({ remainingMs: null, iterationsPerSecond: 1 / 3, memoryBytes: 7 });
  const second = after(2, 1000, 6000);
  expect(second.iterationsPerSecond).toBe(1);
  expect(second.remainingMs).toBe(8 * 2000);
  // 3 + 1 + 6 + 1 s for three iterations.
  expect(after(3, 1000).remainingMs).toBeCloseTo((7 * 11_000) / 3);
});
