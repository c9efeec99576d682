import { expect, it } from 'vitest';
import { backendOfQuery } from './backendChoice';
import { formatBytes, formatDuration, formatGrid, formatValue } from './format';
import { roomOf } from './routes';

it.each([
  [950, '0.9 s'],
  [42_400, '42 s'],
  [61_000, '1 min 1 s'],
  [7_380_000, '2 h 3 min'],
])('says %d ms as %s', (ms, said) => {
  expect(formatDuration(ms)).toBe(said);
});

it.each([
  [999, '999 B'],
  [12_345_678, '12.3 MB'],
])('says %d bytes as %s', (bytes, said) => {
  expect(formatBytes(bytes)).toBe(said);
});

it.each([
  [0, '0.000'],
  [0.00012, '1.20e-4'],
  [12.345, '12.35'],
  [431.27, '431.3'],
  [65_535, '65535'],
  [2_000_000, '2.00e+6'],
  [Number.NaN, '–'],
])('says the value %d as %s', (value, said) => {
  expect(formatValue(value)).toBe(said);
});

it('finds the room of an address, Translate where there is none', () => {
  expect(roomOf('#/models')).toBe('models');
  expect(roomOf('#about')).toBe('about');
  expect(roomOf('')).toBe('translate');
  expect(roomOf('#/nowhere')).toBe('translate');
});

it('finds the backend that the address asks for', () => {
  expect(backendOfQuery('?backend=wasm')).toBe('wasm');
  expect(backendOfQuery('?backend=metal')).toBe('auto');
  expect(backendOfQuery('')).toBe('auto');
});

it('says the grid of a model', () => {
  expect(formatGrid({ size: 224, pixelSize: 240 / 224 })).toBe('224 × 224 pixels of 1.071 mm');
});
