import { expect, it } from 'vitest';
import { coldStartOf } from './coldStart';

const before = { read: 400, weights: 900, weightsFrom: 'network', placed: 50 } as const;

it('takes what the first step was slower by for compiling, and adds up', () => {
  const cold = coldStartOf({ ...before, firstStep: 2000, slice: 2900, steps: 4 });
  expect(cold).toEqual({ ...before, compile: 1700, run: 1200, total: 4250 });
  expect(cold.read + cold.weights + cold.placed + cold.compile! + cold.run).toBe(cold.total);
});

it('finds no time for compiling where the first step is the fastest', () => {
  expect(coldStartOf({ ...before, firstStep: 90, slice: 400, steps: 4 })).toMatchObject({
    compile: 0,
    run: 400,
  });
});

it('cannot tell compiling from computing where a slice is one step', () => {
  expect(coldStartOf({ ...before, firstStep: 300, slice: 320, steps: 1 })).toMatchObject({
    compile: null,
    run: 320,
    total: 1670,
  });
});
