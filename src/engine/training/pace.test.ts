import { expect, it } from 'vitest';
import { TrainingPace } from './pace';

it('counts neither what came before the first iteration nor the compiling of it, but the looks in between', () => {
  let time = 60_000; // a validation of the start
  const pace = new TrainingPace(10, () => time);
  const after = (step: number, ms: number, look = 0) => {
    time += ms;
    const told = pace.after({ step, ms });
    time += look;
    return told;
  };
  expect(after(1, 3000)).toEqual({ msPerIteration: 3000, remainingMs: null });
  expect(after(2, 1000, 6000)).toEqual({ msPerIteration: 1000, remainingMs: 8 * 2000 });
  // 3 + 1 + 6 + 1 s for three iterations.
  expect(after(3, 1000).remainingMs).toBeCloseTo((7 * 11_000) / 3);
});
