import { expect, it } from 'vitest';
import { formOf, settingsOf } from './ownModel';

const SETTINGS = {
  source: 'T1w',
  target: 'FLAIR',
  pixelSize: 0.9375,
  size: 256,
  intensity: 'foreground-p99.5',
} as const;

it('shows what was said, and stands for the same settings', () => {
  expect(formOf(SETTINGS)).toEqual({ ...SETTINGS, pixelSize: '0.9375', size: '256' });
  expect(settingsOf(formOf(SETTINGS))).toEqual(SETTINGS);
});

it('leaves open what was not said or was emptied', () => {
  expect(Object.values(formOf())).toEqual(['', '', '', '', '']);
  const emptied = settingsOf({ ...formOf(SETTINGS), source: ' ', pixelSize: '', size: ' ', intensity: '' });
  expect(JSON.parse(JSON.stringify(emptied))).toEqual({ target: 'FLAIR' });
});

it('reads a decimal comma and spaces, and hands on what is no number to be refused', () => {
  const form = formOf(SETTINGS);
  expect(settingsOf({ ...form, pixelSize: ' 0,9 ', target: ' PDw ' })).toMatchObject({
    pixelSize: 0.9,
    target: 'PDw',
  });
  expect(settingsOf({ ...form, size: '1 mm' }).size).toBeNaN();
});
