import { describe, expect, it } from 'vitest';
import { ONE_PASS } from '../diffusion/schedule';
import { METHOD_IDS, type MethodId, trainingOf } from '../methods';
import type { MunitNetwork } from '../methods/munit/method';
import { presetSettings, settingsFromCard, type TrainSettings, withMethod } from './settings';
import { type StartOf, startProblem } from './startFit';

const contrasts = { a: 'T1w', b: 'FLAIR' };
const of = (method: MethodId, options: TrainSettings['options'] = {}): TrainSettings => {
  const settings = withMethod(presetSettings('tiny', contrasts), method);
  return { ...settings, options: { ...settings.options, ...options } };
};
const modelOf = (settings: TrainSettings): StartOf => {
  const { network, diffusion } = trainingOf(settings);
  return {
    subject: 'Mine',
    direction: 'aToB',
    as: 'translator',
    card: { network: network(settings), diffusion: diffusion(settings) },
  };
};
const R = (ngf: number): StartOf => ({
  ...modelOf(of('resnet')),
  as: 'r',
  card: { network: { method: 'resnet', ngf, n_blocks: 6 }, diffusion: ONE_PASS },
});

describe('a start model', () => {
  it.each(METHOD_IDS)('%s: starts a run of its own settings', (method) => {
    const start = modelOf(of(method));
    const preprocessing = {
      plane: 'axial',
      pixelSize: 3.75,
      size: 64,
      intensity: 'foreground-median',
    } as const;
    const settings = settingsFromCard(of(method), {
      ...{ source: 'T1w', target: 'FLAIR', preprocessing },
      ...start.card,
    });
    expect(startProblem(of(method), start)).toBeNull();
    expect(startProblem(settings, start)).toBeNull();
  });

  it.each<[MethodId, string, number, string]>([
    ['ddpm', 'ncsnpp', 1, '"SynDiff\'s U-Net" off, got on'],
    ['ddpm', 'simple-loss', 1, '"Simple loss" off, got on'],
    ['ddpm', 'scale-shift', 1, '"Time as scale and shift" off, got on'],
    ['unit-ddpm', 'scale-shift', 1, '"Time as scale and shift" off, got on'],
    ['munit', 'style-length', 4, '"Numbers of a style" 8, got 4'],
    ['munit', 'style-width', 64, '"Width of the style\'s network" 256, got 64'],
  ])('%s: names the option that makes another network, %s', (method, id, value, said) => {
    expect(startProblem(of(method, { [id]: value }), modelOf(of(method)))).toBe(
      `Mine: must keep its network's ${said}; set it back, or start from other weights`,
    );
    expect(startProblem(of(method, { [id]: value }), modelOf(of(method, { [id]: value })))).toBeNull();
  });

  it('may have other numbers that decide no weights', () => {
    const other = { 'weight-cycle': 3, groups: 4, 'weight-decay': 0.1 };
    expect(startProblem(of('ddpm', other), modelOf(of('ddpm')))).toBeNull();
  });

  it('is refused by what it is, by its size, and where its direction is not trained', () => {
    expect(startProblem(of('ddpm'), modelOf(of('syndiff')))).toBe(
      'Mine: must be a denoising U-Net, got a diffusive generator; choose other weights, or SynDiff as the method',
    );
    const small = presetSettings('small', contrasts);
    expect(startProblem(small, modelOf(of('syndiff')))).toMatch(
      /^Mine: must be the run's network \(.*32 base channels.*\), got .*16 base channels/,
    );
    const back = { ...of('syndiff'), variant: { ...of('syndiff').variant, direction: 'bToA' as const } };
    expect(startProblem(back, modelOf(of('syndiff')))).toMatch(
      /got none of T1w to FLAIR; train that direction/,
    );
  });

  it('of MUNIT may be without its style encoder, which then begins at random', () => {
    const start = modelOf(of('munit'));
    const network = { ...start.card.network, style_encoder: false } as unknown as MunitNetwork;
    expect(startProblem(of('munit'), { ...start, card: { ...start.card, network } })).toBeNull();
  });
});

describe("a start of R's", () => {
  it("is of the run's width, of a method that has R", () => {
    expect(startProblem(of('syndiff'), R(16))).toBeNull();
    expect(startProblem(of('ddpm'), R(16))).toBeNull();
    expect(startProblem(of('syndiff'), R(64))).toMatch(
      /^Mine: must be the run's network \(ResNet, 16 base channels.*\), got ResNet, 64 base channels/,
    );
    expect(startProblem(of('cgan'), R(16))).toMatch(
      /must start a network of cGAN, which has no non-diffusive/,
    );
    expect(startProblem(of('syndiff'), { ...modelOf(of('syndiff')), as: 'r' })).toMatch(
      /^Mine: must be a non-diffusive ResNet generator, got a diffusive generator/,
    );
  });
});
