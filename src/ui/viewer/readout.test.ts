import { describe, expect, it } from 'vitest';
import { formatValue, probeText, rangeOf, viewText } from './readout';
import type { SliceImage } from './types';

describe('readout', () => {
  it('keeps three digits', () => {
    expect([0, 0.01234, -4.567, 78.91, 1234.5, Number.NaN].map(formatValue)).toEqual([
      '0',
      '0.0123',
      '-4.57',
      '78.9',
      '1235',
      '–',
    ]);
  });

  it('reads the pixel of column i and row j', () => {
    const pixels = Float32Array.from([1, 2, 3, 4, 5, 6]);
    const image: SliceImage = { pixels, width: 3, height: 2, spacing: [1, 1], min: 0, max: 9 };
    expect(probeText(image, { i: 2, j: 1 })).toBe('2, 1 · 6');
    expect(probeText(image, { i: 0, j: 1 })).toBe('0, 1 · 4');
    expect(probeText(image, { i: 3, j: 1 })).toBe('');
    expect(probeText(image, null)).toBe('');
  });

  it('names both edges of a window', () => {
    expect(rangeOf({ center: 0, width: 0.5 })).toEqual(['-0.25', '0.25']);
    expect(rangeOf({ center: 400, width: 800 })).toEqual(['0', '800']);
  });

  it('shows window and zoom', () => {
    const fit = { zoom: 1, pan: { x: 0, y: 0 } };
    expect(viewText({ center: 400, width: 800 }, fit)).toBe('W 800 L 400');
    expect(viewText({ center: 0.5, width: 1 }, { ...fit, zoom: 2.25 })).toBe('W 1 L 0.5 · 2.3×');
  });
});
