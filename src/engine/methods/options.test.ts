import { describe, expect, it } from 'vitest';
import { tinySettings } from '../../../test/tinyRun';
import { checkSettings, STORED_SETTINGS, variantText, withMethod } from '../training/settings';
import { METHOD_IDS } from '.';
import { optionRules, optionsOf, optionValues } from './options';

describe.each(METHOD_IDS)('the options of %s', (method) => {
  it('have usual values within their ranges, and names of their own', () => {
    const values = optionValues(method);
    expect(optionRules(method, values).filter(([holds]) => !holds)).toEqual([]);
    const ids = optionsOf(method).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('are kept with a run, and those of others are refused', () => {
    const settings = tinySettings({ method });
    expect(STORED_SETTINGS.read({ ...settings }, { subject: 'x' })).toEqual(settings);
    const foreign = { ...settings, options: { ...settings.options, other: 1 } };
    expect(() => STORED_SETTINGS.read(foreign, { subject: 'x' })).toThrow(
      new RegExp(`^x: options must be options of ${method} .*, got other$`),
    );
  });
});

it('are held to their ranges', () => {
  const settings = tinySettings();
  const having = (options: Record<string, number>) => ({
    ...settings,
    options: { ...settings.options, ...options },
  });
  expect(() => checkSettings(having({ 'r1-every': 0 }))).toThrow(
    'training: r1-every must be a whole number from 1 to 1000000, got 0',
  );
  expect(() => checkSettings(having({ 'r1-gamma': -1 }))).toThrow(
    'r1-gamma must be a number from 0 to 1000000, got -1',
  );
});

it('are told with the variant where they are not the usual ones and decide something', () => {
  const settings = tinySettings({
    options: optionValues('syndiff', { 'freeze-r-after': 5, 'weight-l1': 1 }),
  });
  const usual = 'unpaired, 4 steps, adversarial, cycle';
  expect(variantText({ ...settings, options: optionValues('syndiff') })).toBe(usual);
  expect(variantText(settings)).toBe(`${usual}, weight-l1 1, freeze-r-after 5`);
  const paired = { ...settings, variant: { ...settings.variant, pairing: 'paired' as const } };
  expect(variantText(paired)).toBe('paired, 4 steps, adversarial, weight-l1 1');
});

it('go with the method', () => {
  const syndiff = tinySettings();
  const resnet = withMethod(syndiff, 'resnet');
  expect(resnet.options).toEqual({ 'weight-cycle': 0.5, 'weight-adversarial-r': 1, 'weight-decay': 0 });
  expect(withMethod(resnet, 'syndiff').options).toEqual({ ...syndiff.options, 'r1-every': 10 });
});

it('of SynDiff with its variant name an L1 projector', () => {
  const settings = tinySettings({ options: optionValues('syndiff') });
  const having = (change: object) => ({ ...settings, variant: { ...settings.variant, ...change } });
  expect(variantText(having({ projector: 'l1' }))).toBe(
    'unpaired, 4 steps, L1 projector (no diffusive discriminator), R adversarial, cycle',
  );
  const { projector: _, ...former } = settings.variant;
  expect(STORED_SETTINGS.read({ ...settings, variant: former }, { subject: 'x' })).toEqual(settings);
  expect(() => checkSettings(withMethodsOf(having({ projector: 'l1' })))).toThrow(
    'cGAN has no diffusive discriminator to leave out, got projector l1',
  );
});

const withMethodsOf = (settings: ReturnType<typeof tinySettings>) => ({
  ...withMethod(settings, 'cgan'),
  variant: settings.variant,
});

it('of runs of former versions are read', () => {
  const { options: _, ...others } = tinySettings();
  const stored = { ...others, weights: { l1: 4, cycle: 5 }, r1: { gamma: 2, every: 3 } };
  const read = (method: string) => STORED_SETTINGS.read({ ...stored, method }, { subject: 'x' }).options;
  expect(read('resnet')).toEqual({ ...optionValues('resnet'), 'weight-cycle': 5 });
  const told = { 'weight-l1': 4, 'weight-cycle': 5, 'r1-gamma': 2, 'r1-every': 3 };
  expect(read('syndiff')).toEqual({ ...optionValues('syndiff'), ...told });
});
