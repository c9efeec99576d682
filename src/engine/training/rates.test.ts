import { describe, expect, it } from 'vitest';
import { optionValues } from '../methods/options';
import { rateShare, ratesAt } from './rates';

const rates = { generators: 3, discriminators: 2, least: 1 };

describe('ratesAt', () => {
  it('falls as half a cosine from the full rates to the least one', () => {
    const settings = { method: 'syndiff', rates, iterations: 10, options: {} } as const;
    expect(ratesAt(settings, 0)).toEqual({ generators: 3, discriminators: 2 });
    expect(ratesAt(settings, 5).generators).toBeCloseTo(2);
    expect(ratesAt(settings, 10).discriminators).toBeCloseTo(1);
  });
});

it('halves the rates of UNIT after every so many iterations', () => {
  const own = { generators: 4, discriminators: 8, least: 0 };
  const options = { ...optionValues('unit'), 'halve-every': 3 };
  const at = (step: number) =>
    ratesAt({ method: 'unit', rates: own, iterations: 10, options }, step).generators;
  expect([0, 2, 3, 5, 6].map(at)).toEqual([4, 4, 2, 2, 1]);
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
