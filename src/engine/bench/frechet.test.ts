import { describe, expect, it } from 'vitest';
import { normals } from '../random';
import type { FeatureSet } from './featureSet';
import { frechetDistance, frechetDistanceOfMoments } from './frechet';
import { kernelDistance } from './kid';

/** Draws of N(shift, scale²) in each dimension. */
function drawn(seed: number, count: number, scale: number[], shift: number[]): FeatureSet {
  const { length } = scale;
  const noise = normals({ seed, sample: 0, slice: 0, step: 0, stream: 'noise' }, count * length);
  const values = Float64Array.from(noise, (v, at) => v * scale[at % length] + shift[at % length]);
  return { count, length, values };
}

/** The set's own mean and covariance, by their definitions. */
function momentsOf({ count, length, values }: FeatureSet) {
  const at = (i: number, d: number) => values[i * length + d];
  const images = Array.from({ length: count }, (_, i) => i);
  const mean = Array.from({ length }, (_, d) => images.reduce((sum, i) => sum + at(i, d), 0) / count);
  const covariance = Array.from({ length: length * length }, (_, n) => {
    const [d, e] = [Math.floor(n / length), n % length];
    return images.reduce((sum, i) => sum + (at(i, d) - mean[d]) * (at(i, e) - mean[e]), 0) / (count - 1);
  });
  return { mean, covariance };
}

const set = (length: number, ...values: number[]): FeatureSet => ({
  count: values.length / length,
  length,
  values: Float64Array.from(values),
});

const WIDE = Array.from({ length: 40 }, (_, d) => 0.5 + d / 20);
const NOWHERE = WIDE.map(() => 0);

describe('Fréchet distance', () => {
  it('is the known number for two Gaussians', () => {
    const a = { mean: [0, 1], covariance: [2, 0.5, 0.5, 1] };
    const b = { mean: [1, 1], covariance: [1, -0.3, -0.3, 3] };
    expect(frechetDistanceOfMoments(a, b)).toBeCloseTo(1.929311855, 9);
    expect(frechetDistanceOfMoments(b, a)).toBeCloseTo(1.929311855, 9);
  });

  it('is |m1 - m2|² + sum of (s1 - s2)² for Gaussians without correlations, singular ones too', () => {
    const diagonal = (...variances: number[]) =>
      variances.flatMap((v, i) => variances.map((_, j) => (i === j ? v : 0)));
    const a = { mean: [0, 2, -1], covariance: diagonal(4, 9, 0) };
    const b = { mean: [3, 2, 1], covariance: diagonal(1, 16, 25) };
    expect(frechetDistanceOfMoments(a, b)).toBeCloseTo(9 + 4 + 1 + 1 + 25, 10);
  });

  it.each([
    ['more images than features', 100, 90],
    ['fewer images than features', 12, 9],
    ['fewer in one set', 12, 90],
  ])('of features is that of their moments: %s', (_, n, m) => {
    const a = drawn(1, n, WIDE, NOWHERE);
    const b = drawn(2, m, [...WIDE].reverse(), WIDE);
    // Singular covariances have roots good to half of the digits.
    const expected = frechetDistanceOfMoments(momentsOf(a), momentsOf(b));
    expect(Math.abs(frechetDistance(a, b) / expected - 1)).toBeLessThan(1e-6);
    expect(frechetDistance(b, a)).toBeCloseTo(frechetDistance(a, b), 8);
  });

  it.each([100, 12])('is 0 of a set of %i images to itself, and to itself in another order', (count) => {
    const a = drawn(3, count, WIDE, WIDE);
    const back = Array.from({ length: count }, (_, i) =>
      Array.from(a.values.subarray(i * a.length, (i + 1) * a.length)),
    );
    const reversed = { ...a, values: Float64Array.from(back.reverse().flat()) };
    const size = Array.from(a.values).reduce((sum, v) => sum + v * v, 0) / count;
    expect(frechetDistance(a, a) / size).toBeLessThan(1e-13);
    expect(frechetDistance(a, reversed) / size).toBeLessThan(1e-13);
  });

  it('comes near that of the distributions as sets grow', () => {
    const [s, t] = [
      [1, 2],
      [2, 1],
    ];
    const found = frechetDistance(drawn(4, 4000, s, [0, 0]), drawn(5, 4000, t, [1, 0]));
    // 1 + 1 + 1; a mean of 4000 is good to some hundredths.
    expect(Math.abs(found - 3)).toBeLessThan(0.3);
  });
});

describe('kernel distance', () => {
  it('is the mean over pairs of different images', () => {
    const k = (dot: number) => (dot / 2 + 1) ** 3;
    const a = set(2, 1, 0, 0, 2, 1, 1);
    const b = set(2, 2, 0, 1, -1);
    const within = (k(0) + k(1) + k(2)) / 3 + k(2);
    const between = (k(2) + k(1) + k(0) + k(-2) + k(2) + k(0)) / 6;
    expect(kernelDistance(a, b)).toBeCloseTo(within - 2 * between, 12);
  });

  it('is about 0 of sets alike and far from it of others', () => {
    const still = WIDE.map(() => 0);
    const alike = WIDE.map(() => 1);
    const [a, b] = [drawn(6, 100, alike, still), drawn(7, 100, alike, still)];
    expect(Math.abs(kernelDistance(a, b))).toBeLessThan(0.05);
    expect(kernelDistance(a, drawn(8, 100, alike, alike))).toBeGreaterThan(1);
  });
});

describe.each([
  ['Fréchet distance', frechetDistance],
  ['kernel distance', kernelDistance],
])('%s', (_, distance) => {
  const good = set(2, 1, 2, 3, 4);
  it.each([
    ['a single image', set(2, 1, 2), /at least 2 images, got 1;/],
    ['no image', { count: 0, length: 2, values: new Float32Array(0) }, /at least 2 images, got 0;/],
    ['a value that is none', set(2, 1, 2, Number.NaN, 4), /finite numbers, got NaN in image 2 of 2;/],
    ['an infinite value', set(2, 1, -Infinity, 3, 4), /finite numbers, got -Infinity in image 1 of 2;/],
    ['other features', set(3, 1, 2, 3, 4, 5, 6), /as many features an image, got [23] and [23];/],
    ['a set cut short', { count: 3, length: 2, values: good.values }, /must be 6 numbers, got 4;/],
  ])('refuses %s', (_name, bad, message) => {
    expect(() => distance(good, bad)).toThrow(message);
    expect(() => distance(bad, good)).toThrow(message);
  });
});

it.each([
  ['not symmetric', { mean: [0, 0], covariance: [1, 0.5, 0, 1] }, /symmetric without negative/],
  ['a negative eigenvalue', { mean: [0, 0], covariance: [1, 2, 2, 1] }, /symmetric without negative/],
  ['another size', { mean: [0, 0], covariance: [1, 2, 2] }, /must be 4 numbers, got 3;/],
  ['a value that is none', { mean: [0, Number.NaN], covariance: [1, 0, 0, 1] }, /finite numbers/],
  ['other dimensions', { mean: [0], covariance: [1] }, /got 2 and 1;/],
])('moments are refused: %s', (_, bad, message) => {
  expect(() => frechetDistanceOfMoments({ mean: [0, 0], covariance: [1, 0, 0, 1] }, bad)).toThrow(message);
});
