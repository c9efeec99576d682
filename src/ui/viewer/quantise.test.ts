import { describe, expect, it } from 'vitest';
import { narrowestWindow, quantise, toStoredWindow } from './quantise';
import type { SliceImage } from './types';

function slice(width: number, height: number, values: number[], min: number, max: number): SliceImage {
  return { pixels: Float32Array.from(values), width, height, spacing: [1, 1], min, max };
}

describe('quantise', () => {
  it('puts the last row (anterior) on top and keeps columns', () => {
    expect([...quantise(slice(3, 2, [0, 1, 2, 3, 4, 5], 0, 65535))]).toEqual([3, 4, 5, 0, 1, 2]);
  });

  it('maps the range of the volume, not of the slice, to 0..65535', () => {
    expect([...quantise(slice(3, 1, [-10, 0, 10], -30, 30))]).toEqual([21845, 32768, 43690]);
    expect([...quantise(slice(2, 1, [-30, 30], -30, 30))]).toEqual([0, 65535]);
  });

  it('clips what lies outside and draws NaN as the minimum', () => {
    const values = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -2, 2];
    expect([...quantise(slice(5, 1, values, -1, 1))]).toEqual([0, 0, 65535, 0, 65535]);
  });

  it('writes all of an array that it is given, where that has the size', () => {
    const former = new Uint16Array(2).fill(9);
    expect(quantise(slice(2, 1, [Number.NaN, 1], 0, 1), former)).toBe(former);
    expect([...former]).toEqual([0, 65535]);
    expect(quantise(slice(3, 1, [0, 1, 1], 0, 1), former)).not.toBe(former);
  });

  it('draws a constant volume', () => {
    expect([...quantise(slice(2, 1, [7, 7], 7, 7))]).toEqual([0, 0]);
  });
});

describe('windows', () => {
  const range = { min: -100, max: 3000 };

  it('go to stored units', () => {
    const stored = toStoredWindow({ center: 640.5, width: 1234 }, range);
    expect(stored.center).toBeCloseTo((740.5 * 65535) / 3100, 6);
    expect(stored.width).toBeCloseTo((1234 * 65535) / 3100, 6);
  });

  it('show a value at the same share of the window in both units', () => {
    const window = { center: 500, width: 800 };
    const stored = toStoredWindow(window, range);
    const [pixel] = quantise(slice(1, 1, [777], range.min, range.max));
    expect((pixel - stored.center) / stored.width).toBeCloseTo((777 - 500) / 800, 4);
  });

  it('are at least 100 stored units wide', () => {
    expect(toStoredWindow({ center: 0, width: 0.001 }, range).width).toBe(100);
    expect(narrowestWindow(range)).toBeCloseTo(4.7303, 4);
    expect(toStoredWindow({ center: 0, width: narrowestWindow(range) }, range).width).toBeCloseTo(100, 9);
  });

  it('are finite for a constant volume', () => {
    expect(toStoredWindow({ center: 7, width: 2 }, { min: 7, max: 7 })).toEqual({ center: 0, width: 100 });
  });
});
