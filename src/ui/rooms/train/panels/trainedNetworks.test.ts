import { expect, it } from 'vitest';
import { checkSettings, presetSettings } from '../../../../workers/train/settings';
import { NETWORK_CHOICES, networkChoice } from './trainedNetworks';

const settings = presetSettings('tiny', { a: 'T1w', b: 'FLAIR' });

it.each(NETWORK_CHOICES)('$id can train and is found again by its switches', ({ id, patch }) => {
  const variant = { ...settings.variant, ...patch };
  expect(() => checkSettings({ ...settings, variant })).not.toThrow();
  expect(networkChoice(variant)?.id).toBe(id);
});

it('has no name for a mixture', () => {
  expect(networkChoice({ ...settings.variant, cycle: false })).toBeNull();
});
