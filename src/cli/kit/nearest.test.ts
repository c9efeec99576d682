import { expect, it } from 'vitest';
import { nearest } from './nearest';

const CHOICES = ['model', 'output', 'slices', 'seed', 'samples', 'noise', 'steps'];

it.each([
  ['modle', 'model'],
  ['out', 'output'],
  ['outputs', 'output'],
  ['slice', 'slices'],
  ['sed', 'seed'],
  ['stpes', 'steps'],
  ['s', null],
  ['fast', null],
  ['', null],
])('%s: %s', (word, meant) => {
  expect(nearest(word, CHOICES)).toBe(meant);
});
