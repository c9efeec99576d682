import { describe, expect, it } from 'vitest';
import { describeSlice, sliceForKey, sliceUnder } from './ribbon';

describe('ribbon', () => {
  it('says slice, state and score', () => {
    expect(describeSlice(92, 181, 'done', 0.834)).toBe('Slice 92 of 0 to 180, translated, score 0.83');
    expect(describeSlice(0, 181, 'queued', null)).toBe('Slice 0 of 0 to 180, waiting');
    expect(describeSlice(5, 181, undefined, undefined)).toBe('Slice 5 of 0 to 180, not translated');
    expect(describeSlice(5, 181, 'done', 0)).toBe('Slice 5 of 0 to 180, translated, score 0.00');
  });

  it('finds the slice under a pointer and stays inside', () => {
    expect([0, 9.9, 10, 99.9, 100, 150, -20].map((x) => sliceUnder(x, 100, 10))).toEqual([
      0, 0, 1, 9, 9, 9, 0,
    ]);
  });

  it('obeys the keys of a slider', () => {
    expect(sliceForKey('ArrowRight', 4, 20)).toBe(5);
    expect(sliceForKey('ArrowDown', 4, 20)).toBe(3);
    expect(sliceForKey('ArrowLeft', 0, 20)).toBe(0);
    expect(sliceForKey('PageUp', 15, 20)).toBe(19);
    expect(sliceForKey('Home', 15, 20)).toBe(0);
    expect(sliceForKey('End', 15, 20)).toBe(19);
    expect(sliceForKey('Enter', 15, 20)).toBeNull();
    expect(sliceForKey('toString', 15, 20)).toBeNull();
  });
});
