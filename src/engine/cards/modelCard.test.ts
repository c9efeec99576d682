import { describe, expect, it } from 'vitest';
import { CorruptFile, WeightsMismatch } from '../../errors';
import { HISTOGRAM_BINS, MEASURES, type Measure } from '../../volume/inputStatistics';
import type { Spread } from '../../volume/trainingInputs';
import { ONE_PASS } from '../diffusion/schedule';
import { METHOD_IDS } from '../methods';
import { PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { type ModelCard, parseModelCard } from './modelCard';

const card: ModelCard = {
  id: 'a-to-b',
  version: '1.0.0',
  name: 'A to B',
  source: 'T1w',
  target: 'FLAIR',
  network: { method: 'syndiff', ...PAPER_GENERATOR },
  weights: { file: 'weights.safetensors', sha256: 'ab'.repeat(32), dtype: 'f16', bytes: 10 },
  preprocessing: { plane: 'axial', pixelSize: 0.9375, size: 256, intensity: 'foreground-median' },
  diffusion: { steps: 4, betaMin: 0.1, betaMax: 20, schedule: 'vp' },
  training: { data: 'd', licence: 'l', variant: 'v', iterations: 5, commit: 'abc', date: '2025-01-31' },
  inputs: {
    data: 'd',
    scans: 3,
    withSkull: 0.5,
    measures: Object.fromEntries(
      MEASURES.map((name) => [name, { mean: 1, std: 0.1, least: 0.9, most: 1.2 }]),
    ) as Record<Measure, Spread>,
    histogram: Array.from({ length: HISTOGRAM_BINS }, () => 1 / HISTOGRAM_BINS),
  },
  licence: 'CC BY 4.0',
  metrics: {
    data: 'd',
    split: 'test',
    n: 1,
    rows: [
      { label: 'sub-1', psnr: 20, ssim: 0.6, mae: 0.05, psnrCopy: 19 },
      {
        label: 'sub-2',
        ...{ psnr: 21, ssim: 0.7, mae: 0.04 },
        foreground: { psnr: 18, ssim: 0.5, mae: 0.1, psnrCopy: 17, psnrHistogram: 16, psnrRegression: 15 },
        inside: { psnr: 22, ssim: 0.5, mae: 0.1 },
        maeHu: { whole: 40, head: 90, bone: null },
      },
    ],
    note: 'note',
    lesions: [
      {
        by: 'outline',
        kind: 'tumours',
        rule: "an expert's outline",
        ...{ data: 'd', split: 'test', shareKept: 0.61 },
        rows: [
          { label: 'sub-1', realContrast: 0.44, kept: 0.61, dice: 0.5, diceReal: 0.7, falseBright: 0.001 },
          {
            label: 'sub-2',
            ...{ realContrast: 0.05, kept: null, dice: null, diceReal: null, falseBright: null },
            reason: 'real contrast of 0.05 is below 0.1',
          },
        ],
      },
    ],
  },
  intendedUse: 'research',
  limits: ['none known'],
};

/** The card as JSON with one field replaced, e.g. "weights.sha256", or removed. */
function changed(path: string, value?: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(card));
  const keys = path.split('.');
  let at = copy as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys[keys.length - 1]] = value;
  return copy;
}

function paths(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, field]) => [
    prefix + key,
    ...(typeof field === 'object' && !Array.isArray(field) ? paths(field, `${prefix}${key}.`) : []),
  ]);
}

describe('parseModelCard', () => {
  it('gives back a whole card, and drops fields that it does not know', () => {
    expect(parseModelCard(JSON.parse(JSON.stringify(card)))).toEqual(card);
    expect(parseModelCard({ ...card, colour: 'red' })).toEqual(card);
  });

  it('needs none of the optional fields', () => {
    expect(parseModelCard(changed('inputs')).inputs).toBeUndefined();
    expect(parseModelCard(changed('metrics.note')).metrics.note).toBeUndefined();
    expect(parseModelCard(changed('metrics.lesions')).metrics.lesions).toBeUndefined();
    expect(parseModelCard(changed('training.commit')).training.commit).toBeUndefined();
  });

  it('takes a network without a method for SynDiff, or for R where it has a base width of R', () => {
    expect(parseModelCard(changed('network.method')).network).toEqual(card.network);
    const r = { ngf: 8, n_blocks: 6 };
    expect(parseModelCard({ ...card, network: r, diffusion: ONE_PASS }).network).toEqual({
      method: 'resnet',
      ...r,
    });
    expect(() => parseModelCard(changed('network.method', 'gan9'))).toThrow(
      `model card: network: method must be one of ${METHOD_IDS.join(', ')}, got "gan9"; open it in a version that knows the method`,
    );
  });

  const optional = ['network.method', 'training.commit', 'inputs', 'metrics.note', 'metrics.lesions'];
  it.each(paths(card).filter((path) => !optional.includes(path)))(
    'asks for %s, and of the right kind',
    (path) => {
      const name = path.split('.').at(-1)!;
      for (const value of [undefined, { wrong: true }]) {
        // An empty object for an object: then its first field is what is missing.
        const parse = (): ModelCard => parseModelCard(changed(path, value));
        expect(parse).toThrow(path.startsWith('network.') ? WeightsMismatch : Error);
        if (value === undefined) expect(parse).toThrow(new RegExp(`model card.*${name}`));
        else expect(parse).toThrow(/^model card: /);
      }
    },
  );

  it.each([
    ['id', '../../etc', /id must be lower case letters/],
    ['weights.file', '../weights.safetensors', /weights: file must be a file name without a path/],
    ['weights.sha256', 'AB'.repeat(32), /weights: sha256 must be 64 hex digits in lower case/],
    ['weights.bytes', 0, /weights: bytes must be a number from 1/],
    ['weights.dtype', 'f8', /weights: dtype must be one of f32, f16, q8, got "f8"/],
    ['preprocessing.pixelSize', -1, /preprocessing: pixelSize must be a number from 0.01/],
    ['preprocessing.intensity', 'mean', /must be one of foreground-p99.5, foreground-median/],
    ['inputs.withSkull', 2, /inputs: withSkull must be a number from 0 to 1/],
    ['inputs.histogram', [1, 0], /inputs: histogram must be a list of 32 numbers from 0 to 1/],
    ['training.date', '31.1.2025', /training: date must be YYYY-MM-DD/],
    [
      'metrics.rows',
      [{ label: 'a', psnr: 20, ssim: 60, mae: 0.1 }],
      /rows\[0\]: ssim must be a number from -1 to 1, got 60/,
    ],
    [
      'metrics.rows',
      [{ label: 'a', psnr: 20, ssim: 0.6, mae: 0.1, inside: { psnr: 20, ssim: 0.6 } }],
      /rows\[0\]: inside: mae must be a number from 0 to 1000000, got nothing/,
    ],
    [
      'metrics.lesions',
      [
        {
          by: 'bright',
          kind: 'k',
          rule: 'r',
          data: 'd',
          split: 'val',
          shareKept: null,
          rows: [{ label: 'a', realContrast: '1' }],
        },
      ],
      /lesions\[0\]: rows\[0\]: realContrast must be a number from -1/,
    ],
    [
      'metrics.lesions',
      [{ by: 'bright', kind: 'k', rule: 'r', data: 'd', split: 'val', rows: [] }],
      /lesions\[0\]: shareKept must be/,
    ],
    ['limits', [1], /limits must be a list of up to 100 sentences, got \[1\]/],
  ])('refuses %s = %o', (path, value, message) => {
    expect(() => parseModelCard(changed(path, value))).toThrow(CorruptFile);
    expect(() => parseModelCard(changed(path, value))).toThrow(message);
  });

  it('refuses fields that are right alone, and not with each other', () => {
    const steps = { ...card.diffusion, steps: 1000 };
    expect(() =>
      parseModelCard({ ...card, network: { method: 'cgan', ngf: 8, n_blocks: 9 }, diffusion: steps }),
    ).toThrow('model card: diffusion: steps must be 1 of cGAN, which makes an image in one pass, got 1000');
    expect(parseModelCard({ ...card, diffusion: steps }).diffusion.steps).toBe(1000);
    const hu = { ...card.preprocessing, intensity: 'hu' };
    expect(() => parseModelCard({ ...card, preprocessing: hu })).toThrow(
      'model card: preprocessing: intensity must be of CT where it is hu, for only its values are Hounsfield units (source T1w), got hu',
    );
    const target = { ...hu, intensity: { source: 'foreground-median', target: 'hu' } };
    expect(() => parseModelCard({ ...card, preprocessing: target })).toThrow('(target FLAIR), got hu');
    expect(parseModelCard({ ...card, target: 'CT', preprocessing: target }).target).toBe('CT');
  });

  it.each([[null], ['text'], [[card]], [undefined]])('refuses %o for a card', (json) => {
    expect(() => parseModelCard(json)).toThrow('model card: must be an object');
  });
});
