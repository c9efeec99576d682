import { describe, expect, it } from 'vitest';
import { fakeScan } from '../../../../../test/fakeClient';
import { firstSlice, nearestFirst, neighbourhood, slicesOf } from './slices';

const scan = fakeScan('s', 'a.nii', 8);

describe('slicesOf', () => {
  it('is the visible slice, the slices with head, or the span turned round and kept inside the scan', () => {
    expect(slicesOf({ kind: 'visible' }, scan, 3)).toEqual([3]);
    expect(slicesOf({ kind: 'head' }, scan, 3)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(slicesOf({ kind: 'span', from: 20, to: 6 }, scan, 3)).toEqual([6, 7]);
  });
});

it('orders slices by their distance to the visible one', () => {
  expect(nearestFirst([0, 1, 2, 3, 4, 5], 3)).toEqual([3, 2, 4, 1, 5, 0]);
});

it('keeps the neighbourhood inside the scan', () => {
  expect(neighbourhood(0, 1, 8)).toEqual([0, 1]);
  expect(neighbourhood(4, 1, 8)).toEqual([3, 4, 5]);
});

it('shows the slice with most head first', () => {
  expect(firstSlice(scan)).toBe(4);
});
