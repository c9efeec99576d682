import { expect, it } from 'vitest';
import {
  checkSettings,
  choicesOf,
  METHOD_CHOICES,
  presetSettings,
  withMethod,
} from '../../../../workers/train/settings';
import { networkChoice } from './networkChoice';

const settings = presetSettings('tiny', { a: 'T1w', b: 'FLAIR' });
const choices = METHOD_CHOICES.flatMap(({ id: method }) =>
  choicesOf(method, settings.variant).map((choice) => ({ method, ...choice })),
);

it.each(choices)('$id of $method can train and is found again by its switches', ({ method, id, patch }) => {
  const chosen = { ...withMethod(settings, method), variant: { ...settings.variant, ...patch } };
  expect(() => checkSettings(chosen)).not.toThrow();
  expect(networkChoice(chosen)?.id).toBe(id);
});

it('has no name for a mixture, nor for a method without choices', () => {
  expect(networkChoice({ ...settings, variant: { ...settings.variant, cycle: false } })).toBeNull();
  expect(networkChoice({ ...settings, method: 'resnet' })).toBeNull();
});

it('offers without a source only what is about more than R', () => {
  const variant = { ...settings.variant, pairing: 'unconditional' } as const;
  expect(choicesOf('syndiff', variant).map(({ id }) => id)).toEqual(['all', 'l1-projector']);
});
