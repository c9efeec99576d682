import { expect, it } from 'vitest';
import { coldStartOf } from './coldStart';

const before = {
  read: 400,
  weights: 900,
  weightsFrom: 'network',
  placed: 50,
  prepare: 30,
  place: 20,
} as const;

it('takes what the first step was slower by for compiling, tells what stands before and after the steps, and adds up', () => {
  const cold = coldStartOf({ ...before, firstStep: 2030, slice: 2950, steps: 4 });
  expect(cold).toEqual({ ...before, compile: 1700, run: 1200, total: 4300 });
  const { read, weights, placed, prepare, compile, run, place } = cold;
  expect(read + weights + placed + prepare + compile! + run + place).toBe(cold.total);
});

it('finds no time for compiling where the first step is the fastest', () => {
  expect(coldStartOf({ ...before, firstStep: 120, slice: 450, steps: 4 })).toMatchObject({
    compile: 0,
    run: 400,
  });
});

it('cannot tell compiling from computing where a slice is one step', () => {
  expect(coldStartOf({ ...before, firstStep: 330, slice: 370, steps: 1 })).toMatchObject({
    compile: null,
    run: 320,
    total: 1720,
  });
});
