import { expect, it } from 'vitest';
import { slicePlace } from './slicePlace';

it('counts the steps of a slice, not of all', () => {
  const chain = { of: 24, each: 8 };
  expect(slicePlace({ slices: 0, together: 1, steps: 1, ...chain })).toBe('slice 1 of 24, step 1 of 8');
  expect(slicePlace({ slices: 2, together: 1, steps: 24, ...chain })).toBe('slice 3 of 24, step 8 of 8');
});

it('names all slices that are made at once', () => {
  const place = slicePlace({ slices: 4, together: 4, steps: 40, of: 24, each: 8 });
  expect(place).toBe('slices 5 to 8 of 24, step 2 of 8');
});

it('has no steps of a slice that is one step', () => {
  expect(slicePlace({ slices: 1, together: 1, steps: 2, of: 24, each: 1 })).toBe('slice 2 of 24');
});
