import { expect, it } from 'vitest';
import { holm } from './holm';

it('adjusts as R does: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
});

it('leaves out what was not tested, and stays at 1 at the most', () => {
  expect(holm([0.5, null, 0.9])).toEqual([1, null, 1]);
  expect(holm([])).toEqual([]);
});
