import { expect, it } from 'vitest';
import { TranslationProgress } from './translationProgress';

it('counts steps and slices, and takes the first step, which compiles, out of the rate', () => {
  let time = 1000;
  const progress = new TranslationProgress(2, 4, () => time);
  expect(progress.report()).toEqual({
    done: 0,
    total: 2,
    stepsDone: 0,
    stepsTotal: 8,
    elapsedMs: 0,
    remainingMs: null,
    compiling: true,
  });
  time += 900;
  progress.step(1);
  // The first step is all there is to go by.
  expect(progress.report()).toMatchObject({ compiling: false, remainingMs: 7 * 900 });
  for (let n = 0; n < 3; n++) {
    time += 100;
    progress.step(1);
  }
  expect(progress.report()).toMatchObject({ stepsDone: 4, elapsedMs: 1200, remainingMs: 4 * 100 });
  expect(progress.slice()).toBe(1200);
  for (let n = 0; n < 4; n++) {
    time += 100;
    progress.step(1);
  }
  expect(progress.slice()).toBe(400);
  expect(progress.report()).toMatchObject({ done: 2, stepsDone: 8, remainingMs: 0 });
  expect(progress.timings()).toEqual({ firstStep: 900, step: 100, slice: 800 });
});

it('shares the time of slices that are made together', () => {
  let time = 0;
  const progress = new TranslationProgress(5, 2, () => time);
  for (const together of [3, 3, 2, 2]) {
    time += 300;
    progress.step(together);
    if (progress.report().stepsDone === 3) expect(progress.report().remainingMs).toBe(700);
    if (progress.report().stepsDone === 6)
      expect([progress.slice(), progress.slice(), progress.slice()]).toEqual([200, 200, 200]);
  }
  expect([progress.slice(), progress.slice()]).toEqual([300, 300]);
  expect(progress.report()).toMatchObject({ done: 5, stepsDone: 10, remainingMs: 0 });
});
