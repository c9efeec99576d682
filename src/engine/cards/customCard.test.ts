import { describe, expect, it } from 'vitest';
import { BadRequest } from '../../errors';
import { PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { type CustomSettings, customCard } from './customCard';
import { type ModelCard, parseModelCard } from './modelCard';

describe('customCard', () => {
  const weights = {
    config: { method: 'syndiff', ...PAPER_GENERATOR } as const,
    dtype: 'f32',
    network: '',
    metadata: {},
  };
  const file = (name: string) => ({ name, bytes: 5, sha256: 'cd'.repeat(32) });
  const make = (name: string, changes: Partial<typeof weights> = {}): ModelCard =>
    customCard(file(name), { ...weights, ...changes });
  const set = (settings: CustomSettings, name = 'gen_diffusive_1_50.pth'): ModelCard =>
    customCard(file(name), weights, settings);

  it('is a valid card that says what was guessed', () => {
    const made = make('gen_diffusive_T1w_to_FLAIR.pth');
    expect(parseModelCard(JSON.parse(JSON.stringify(made)))).toEqual(made);
    expect(made).toMatchObject({
      source: 'T1w',
      target: 'FLAIR',
      preprocessing: { pixelSize: 0.9375, size: 256, intensity: 'foreground-median' },
      diffusion: { steps: 4, betaMin: 0.1, betaMax: 20, schedule: 'vp' },
    });
    expect(made.limits[0]).toMatch(/T1w to FLAIR is guessed/);
    expect(made.limits[1]).toMatch(/256 pixels wide is guessed/);
    expect(made.limits[2]).toMatch(/0.938 mm .* is guessed/);
    expect(made.limits[3]).toMatch(/foreground's median is guessed/);
  });

  it.each([
    ['t2-to-flair.safetensors', 'T2w', 'FLAIR'],
    ['sub_PD_to_t1w_v2.pth', 'PDw', 'T1w'],
    ['gen_diffusive_1_50.pth', 'source', 'target'],
    ['gen_non_diffusive_1_to_2.pth', 'source', 'target'],
  ])('reads the contrasts of %s', (name, source, target) => {
    expect(make(name)).toMatchObject({ source, target });
  });

  it('is valid whatever the file is called', () => {
    const made = make('my weights (1).pth');
    expect(parseModelCard(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('takes a config that is no JSON for an argument of the program that wrote the checkpoint', () => {
    const metadata = { config: 'configs/brain.yaml' };
    expect(make('x', { metadata }).diffusion).toEqual(make('x').diffusion);
  });

  it('takes the schedule that the file records', () => {
    const args = { num_timesteps: '8', beta_min: '0.2', use_geometric: 'true' };
    expect(make('x', { metadata: args }).diffusion).toEqual({
      steps: 8,
      betaMin: 0.2,
      betaMax: 20,
      schedule: 'geometric',
    });
    const metadata = { config: JSON.stringify({ num_timesteps: 2, beta_max: 10 }) };
    expect(make('x', { metadata }).diffusion).toEqual({
      steps: 2,
      betaMin: 0.1,
      betaMax: 10,
      schedule: 'vp',
    });
  });

  it('takes what the user says, and does not call it guessed', () => {
    const settings = {
      source: 'PDw',
      target: 'T2w',
      pixelSize: 1.25,
      size: 192,
      intensity: 'foreground-p99.5',
    } as const;
    const { pixelSize, size, intensity, ...contrasts } = settings;
    const made = set(settings, 'gen_diffusive_T1w_to_FLAIR.pth');
    expect(made).toMatchObject({
      ...contrasts,
      preprocessing: { plane: 'axial', pixelSize, size, intensity },
    });
    expect(made.limits).toEqual(['Training data, scores and licence are unknown.']);
    expect(parseModelCard(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('guesses what the settings leave open, by what they say', () => {
    expect(set({ size: 192 }).preprocessing.pixelSize).toBe(1.25);
    expect(set({ source: 'T1w' })).toMatchObject({ source: 'T1w', target: 'target' });
    expect(set({ source: 'T1w' }).limits[0]).toBe("The model's target contrast is not known.");
    expect(set({ target: 'T2w' }, 'a_T1w_to_FLAIR.pth').limits[0]).toBe(
      "That the model's source is T1w is guessed from the file's name.",
    );
    expect(set({ intensity: 'foreground-p99.5' }).limits.join()).not.toMatch(/intensities/);
    expect(set({ pixelSize: 1 }).limits.join()).not.toMatch(/mm/);
  });

  it('does not call the image size guessed where the file records it', () => {
    const metadata = { config: JSON.stringify({ image_size: 256 }) };
    expect(make('x', { metadata }).limits.join()).not.toMatch(/wide/);
  });

  it.each<[CustomSettings, RegExp]>([
    [{ source: 'T1 w' }, /^source contrast: must be letters and digits, .* got "T1 w"$/],
    [{ target: '' }, /^target contrast: must be letters and digits, .* got ""$/],
    [{ target: '../x' }, /^target contrast/],
    [{ pixelSize: 0.09 }, /^pixel size: must be from 0.1 to 10 mm, got 0.09$/],
    [{ pixelSize: 10.1 }, /^pixel size/],
    [{ pixelSize: Number.NaN }, /^pixel size/],
    [
      { size: 240 },
      /^image size: must be a multiple of 32 from 16 to 1024 pixels for this network, got 240$/,
    ],
    [{ size: 0 }, /^image size/],
    [{ size: 1056 }, /^image size/],
    [{ size: 64.5 }, /^image size/],
  ])('refuses %o', (settings, message) => {
    expect(() => set(settings)).toThrow(BadRequest);
    expect(() => set(settings)).toThrow(message);
  });

  it.each([0.1, 10])('takes pixels of %f mm', (pixelSize) => {
    expect(set({ pixelSize }).preprocessing.pixelSize).toBe(pixelSize);
  });

  it('takes any side that the network can halve', () => {
    const small = { ...weights, config: { ...weights.config, ch_mult: [1, 2] } };
    expect(customCard(file('x'), small, { size: 18 }).preprocessing.size).toBe(18);
    expect(set({ size: 1024 }).preprocessing.size).toBe(1024);
  });
});
