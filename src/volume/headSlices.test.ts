import { expect, it } from 'vitest';
import { HEAD_SHARE, headSlices } from './headSlices';

it.each(Object.entries(HEAD_SHARE))('takes slices from exactly the least share for %s on', (_, least) => {
  const shares = new Float32Array([0, 0.999 * least, least, 0.5, 1.001 * least, 0.99 * least]);
  expect(headSlices(shares, least)).toEqual([2, 3, 4]);
});

it('takes those of a translation where nothing else is said', () => {
  expect(headSlices(new Float32Array([0.009, 0.011, 0.5, 0]))).toEqual([1, 2]);
});
