import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../errors';
import { blend, checkerboard, difference, swipe } from './comparison';
import type { SliceImage } from './types';

function filled(width: number, height: number, value: number): SliceImage {
  return {
    pixels: new Float32Array(width * height).fill(value),
    width,
    height,
    spacing: [1, 2],
    min: 0,
    max: 4,
  };
}

const a = filled(4, 2, 1);
const b = filled(4, 2, 3);

describe('comparison', () => {
  it('difference is a - b with a symmetric range', () => {
    const d = difference(a, { ...b, min: -1, max: 2 });
    expect([...d.pixels]).toEqual(Array(8).fill(-2));
    expect([d.min, d.max]).toEqual([-5, 5]);
    expect(d.spacing).toEqual([1, 2]);
  });

  it('swipe takes the left from a and the right from b', () => {
    expect([...swipe(a, b, 0.25).pixels]).toEqual([1, 3, 3, 3, 1, 3, 3, 3]);
    expect([...swipe(a, b, 0).pixels]).toEqual([...b.pixels]);
    expect([...swipe(a, b, 1).pixels]).toEqual([...a.pixels]);
    expect([...swipe(a, b, 7).pixels]).toEqual([...a.pixels]);
  });

  it('checkerboard alternates along rows and columns', () => {
    expect([...checkerboard(a, b, 4).pixels]).toEqual([1, 3, 1, 3, 3, 1, 3, 1]);
    expect([...checkerboard(a, b, 2).pixels]).toEqual([1, 1, 3, 3, 1, 1, 3, 3]);
    expect(() => checkerboard(a, b, 0)).toThrow(BadRequest);
  });

  it('blend mixes linearly and meets both ends', () => {
    expect([...blend(a, b, 0.25).pixels]).toEqual(Array(8).fill(1.5));
    expect([...blend(a, b, 0).pixels]).toEqual([...a.pixels]);
    expect([...blend(a, b, 1).pixels]).toEqual([...b.pixels]);
  });

  it('refuses images of different sizes', () => {
    const other = filled(2, 4, 0);
    for (const make of [
      () => difference(a, other),
      () => swipe(a, other, 0.5),
      () => checkerboard(a, other, 2),
      () => blend(a, other, 0.5),
    ]) {
      expect(make).toThrow('same size, got 4x2 and 2x4');
    }
  });
});
