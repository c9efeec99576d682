import { describe, expect, it } from 'vitest';
import { rateShare, ratesAt } from './rates';

const rates = { generators: 3, discriminators: 2, least: 1 };

describe('ratesAt', () => {
  it('falls as half a cosine from the full rates to the least one', () => {
    const settings = { method: 'syndiff', rates, iterations: 10 } as const;
    expect(ratesAt(settings, 0)).toEqual({ generators: 3, discriminators: 2 });
    expect(ratesAt(settings, 5).generators).toBeCloseTo(2);
    expect(ratesAt(settings, 10).discriminators).toBeCloseTo(1);
  });
});

describe('rateShare', () => {
  // pGAN-cGAN's factors of 100 epochs: epoch p, from 1.
  it.each([
    [1, 1],
    [49, 1],
    [50, 0.980392156863],
    [75, 0.490196078431],
    [99, 0.0196078431373],
    [100, 0],
  ])('is linear: epoch %i of 100', (epoch, factor) => {
    expect(rateShare('linear', epoch - 1, 100)).toBeCloseTo(factor, 11);
  });

  it('is constant', () => {
    expect([0, 5, 9].map((step) => rateShare('constant', step, 10))).toEqual([1, 1, 1]);
  });
});
