import { describe, expect, it } from 'vitest';
import { tinyCard } from '../../../test/tinyModel';
import {
  checkSettings,
  gridOfSide,
  mapOfSide,
  presetSettings,
  settingsFromCard,
  trainedSize,
} from './settings';
import type { Variant } from './variant';

const small = presetSettings('small', { a: 'T1w', b: 'FLAIR' });
const pairs: Variant = { ...small.variant, pairing: 'paired', adversarial: false };

describe('crop', () => {
  it('is what an iteration sees; without one the whole slice is, as in runs stored before there were crops', () => {
    expect(trainedSize(small)).toBe(128);
    expect(trainedSize({ ...small, crop: 64 })).toBe(64);
    expect(JSON.parse(JSON.stringify({ ...small, crop: undefined }))).not.toHaveProperty('crop');
  });

  it.each([
    // Six levels halve the image five times; the large discriminator six times.
    [{ crop: 128 }, null],
    [{ crop: 64 }, null],
    [{ crop: 96 }, /^training: crop must be a multiple of 64 for the large diffusive discriminator, got 96$/],
    [{ crop: 96, variant: pairs }, null],
    [
      { crop: 40, variant: pairs },
      /^training: crop must be a multiple of 32 up to the image's 128 pixels, got 40$/,
    ],
    [{ crop: 160, variant: pairs }, /up to the image's 128 pixels, got 160$/],
    [{ crop: 0, variant: pairs }, /got 0$/],
    [{ crop: 1.5, variant: pairs }, /got 1.5$/],
  ])('%j: %s', (change, message) => {
    const check = () => checkSettings({ ...small, ...change });
    if (message) expect(check).toThrow(message);
    else expect(check).not.toThrow();
  });
});

describe('the maps of a run', () => {
  const maps = (settings: Parameters<typeof mapOfSide>[0]) => [
    mapOfSide(settings, 'a'),
    mapOfSide(settings, 'b'),
  ];

  it('are Hounsfield units for CT, whichever side it is', () => {
    expect(maps(small)).toEqual(['foreground-median', 'foreground-median']);
    expect(maps(presetSettings('tiny', { a: 'T1w', b: 'CT' }))).toEqual(['foreground-median', 'hu']);
    expect(maps(presetSettings('tiny', { a: 'CT', b: 'T1w' }))).toEqual(['hu', 'foreground-median']);
  });

  it('stay what they were in a run stored before CT had a map of its own', () => {
    const stored = { contrasts: { a: 'T1w', b: 'CT' }, intensity: 'foreground-median' } as const;
    expect(maps(stored)).toEqual(['foreground-median', 'foreground-median']);
  });

  it("are a start model's, with the ends of its Hounsfield units", () => {
    const card = tinyCard(32);
    const preprocessing = {
      ...card.preprocessing,
      intensity: { source: 'foreground-p99.5', target: 'hu' },
      huEnds: [-1000, 1000],
    } as const;
    const settings = settingsFromCard(small, { ...card, target: 'CBCT', preprocessing });
    expect(maps(settings)).toEqual(['foreground-p99.5', 'hu']);
    expect(gridOfSide(settings, 'b')).toMatchObject({ intensity: 'hu', huEnds: [-1000, 1000] });
    expect(gridOfSide(settingsFromCard(settings, card), 'b')).not.toHaveProperty('huEnds');
  });
});

describe('settingsFromCard', () => {
  const card = (size: number) => {
    const one = tinyCard(32);
    return { ...one, preprocessing: { ...one.preprocessing, size } };
  };

  it("brings the switches that the model's method needs", () => {
    const paired = { ...small, variant: { ...small.variant, pairing: 'paired' as const } };
    const network = { method: 'resnet', ngf: 8, n_blocks: 6 } as const;
    const settings = settingsFromCard(paired, { ...card(32), network });
    expect(settings).toMatchObject({ method: 'resnet', widths: { r: 8 }, variant: { pairing: 'unpaired' } });
    expect(() => checkSettings(settings)).not.toThrow();
  });

  it('on pairs by L1 alone is a fine-tune: few iterations, a short average, crops of large images', () => {
    const tuned = settingsFromCard({ ...small, variant: pairs }, card(256));
    expect(tuned).toMatchObject({ crop: 128, recompute: false, size: 256, variant: { direction: 'aToB' } });
    // The start's share in the average at the end.
    expect(tuned.ema ** tuned.iterations).toBeLessThan(0.01);
    expect(() => checkSettings(tuned)).not.toThrow();
    expect(settingsFromCard({ ...small, variant: pairs }, card(64)).crop).toBeUndefined();
  });

  it('else trains as the paper does, on whole slices', () => {
    for (const variant of [small.variant, { ...pairs, adversarial: true }]) {
      const tuned = settingsFromCard({ ...presetSettings('tiny', small.contrasts), variant }, card(256));
      const { rates, ema, iterations } = small;
      expect(tuned).toMatchObject({ rates, ema, iterations });
      expect(tuned.crop).toBeUndefined();
    }
  });
});
