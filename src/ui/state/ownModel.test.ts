import { expect, it } from 'vitest';
import { fakeCard } from './fakeClient';
import { formOf, settingsOf } from './ownModel';

it('shows what the card knows, and stands for the same settings', () => {
  const form = formOf(fakeCard('T1w', 'FLAIR'));
  expect(form).toEqual({
    source: 'T1w',
    target: 'FLAIR',
    pixelSize: '1',
    size: '4',
    intensity: 'foreground-p99.5',
  });
  expect(settingsOf(form)).toEqual({
    source: 'T1w',
    target: 'FLAIR',
    pixelSize: 1,
    size: 4,
    intensity: 'foreground-p99.5',
  });
});

it('leaves open what is not known or was emptied', () => {
  const form = formOf(fakeCard('source', 'target'));
  expect([form.source, form.target]).toEqual(['', '']);
  const settings = settingsOf({ ...form, target: ' PDw ', pixelSize: ' ', size: '' });
  expect(settings).toMatchObject({ source: undefined, target: 'PDw', pixelSize: undefined, size: undefined });
});

it('reads a decimal comma, and hands on what is no number to be refused', () => {
  const form = formOf(fakeCard('T1w', 'FLAIR'));
  expect(settingsOf({ ...form, pixelSize: '0,9' }).pixelSize).toBe(0.9);
  expect(settingsOf({ ...form, size: '1 mm' }).size).toBeNaN();
});
