import { describe, expect, it } from 'vitest';
import { colorAt, colorize, gradientOf } from './colormaps';
import type { SliceImage } from './types';

function row(values: number[]): SliceImage {
  return {
    pixels: Float32Array.from(values),
    width: values.length,
    height: 1,
    spacing: [1, 1],
    min: 0,
    max: 1,
  };
}

describe('colorize', () => {
  it('draws grey as the linear window and clips outside', () => {
    const bytes = colorize(row([-5, 0, 25, 50, 100, 300, Number.NaN]), { center: 50, width: 100 }, 'gray');
    expect([...bytes.filter((_, index) => index % 4 === 0)]).toEqual([0, 0, 64, 128, 255, 255, 0]);
    expect([...bytes.filter((_, index) => index % 4 === 1)]).toEqual([0, 0, 64, 128, 255, 255, 0]);
    expect([...bytes.filter((_, index) => index % 4 === 3)]).toEqual([255, 255, 255, 255, 255, 255, 255]);
  });

  it('puts the last row on top', () => {
    const image: SliceImage = { ...row([0, 0, 1, 1]), width: 2, height: 2 };
    const bytes = colorize(image, { center: 0.5, width: 1 }, 'gray');
    expect([bytes[0], bytes[4], bytes[8], bytes[12]]).toEqual([255, 255, 0, 0]);
  });

  it('keeps zero difference neutral, below blue and above orange', () => {
    const bytes = colorize(row([-1, 0, 1]), { center: 0, width: 4 }, 'diverging');
    const [low, zero, high] = [bytes.slice(0, 3), bytes.slice(4, 7), bytes.slice(8, 11)];
    expect(new Set(zero).size).toBe(1);
    expect(low[2]).toBeGreaterThan(low[0]);
    expect(high[0]).toBeGreaterThan(high[2]);
  });
});

describe('colorAt', () => {
  it('meets each end exactly', () => {
    expect(colorAt('heat', 0)).toEqual([0, 0, 0]);
    expect(colorAt('heat', 1)).toEqual([255, 250, 200]);
    expect(colorAt('diverging', 2)).toEqual([255, 205, 130]);
  });

  it('gets lighter with the value in heat', () => {
    const luma = (t: number): number => {
      const [r, g, b] = colorAt('heat', t);
      return 0.299 * r + 0.587 * g + 0.114 * b;
    };
    for (let step = 1; step <= 20; step++) expect(luma(step / 20)).toBeGreaterThan(luma((step - 1) / 20));
  });
});

describe('gradientOf', () => {
  it('names the stops in order', () => {
    expect(gradientOf('gray')).toBe('linear-gradient(to right, rgb(0 0 0), rgb(255 255 255))');
  });
});
