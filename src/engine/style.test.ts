import { beforeAll, expect, it } from 'vitest';
import { munitCard, munitState, WITH_ENCODER, WITHOUT_ENCODER } from '../../test/tinyMunit';
import { TINY_SIZE, tinySettings } from '../../test/tinyRun';
import { nodeEnvironment } from '../platform/node/environment';
import { startEngine } from './backend/backend';
import { hashNormals, hashWeights } from './hash';
import { METHODS, methodOf, trainingOf } from './methods';
import type { MunitNetwork } from './methods/munit/method';
import { loadTranslator, type RunTranslator } from './methods/translator';
import { numberOfValues } from './networks/table';
import { hasStyle, refuseStyle, refuseStyleScan } from './style';
import { styleNameWarning } from './styleName';
import * as tf from './tf';
import { startWeights } from './training/startModels';
import { translateSlices } from './translateSlices';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

it('draws nothing: all seeds make one image, which is none of those of drawn styles', async () => {
  const network = trainingOf({ method: 'munit' }).network(tinySettings({ method: 'munit' }));
  const state = hashWeights(3, methodOf(network).table(network));
  const translator = await loadTranslator({ network, diffusion: { steps: 1 } as never }, state);
  const slices = [{ index: 0, pixels: hashNormals(1, TINY_SIZE ** 2).map(Math.tanh) }];
  const made = async (seed: number, noise: 'mean' | 'shared') => {
    const of = translateSlices(translator, slices, TINY_SIZE, { seed, samples: 2, noise });
    const { mean, spread } = (await of.next()).value!;
    return { mean, widest: Math.max(...spread!) };
  };
  const [one, two, drawn] = [await made(1, 'mean'), await made(2, 'mean'), await made(1, 'shared')];
  translator.dispose();
  expect(one).toEqual(two);
  expect(one.widest).toBe(0);
  expect(drawn.widest).toBeGreaterThan(0);
  expect(drawn.mean).not.toEqual(one.mean);
});

it('given, is the one that makes the image, alike in all slices, and its encoder reads one of the same length', async () => {
  const state = munitState(WITH_ENCODER);
  const { dispose, ...translator } = await loadTranslator(munitCard(WITH_ENCODER), state);
  const slices = [3, 4].map((index) => ({ index, pixels: hashNormals(1, 16 ** 2).map(Math.tanh) }));
  const read = translator.style!(tf.tensor4d(slices[0].pixels, [1, 16, 16, 1]));
  expect(read.shape).toEqual([1, 8]);
  const made = async (values: readonly number[], seed: number, by: RunTranslator = translator) => {
    const style = { modelId: 'tiny', source: 'ref.nii', values };
    const images = [];
    const how = { seed, samples: 1, noise: 'given', style } as const;
    for await (const { mean } of translateSlices(by, slices, 16, how, { batch: 2 })) images.push(mean);
    return images;
  };
  const given = [...(await read.data())];
  const [first, second] = await made(given, 1);
  expect(second).toEqual(first);
  expect(await made(given, 2)).toEqual([first, first]);
  expect(
    (
      await made(
        given.map((v) => v + 1),
        1,
      )
    )[0],
  ).not.toEqual(first);
  // The same weights without the encoder make the same image of it, and a style of 0 is the mean one.
  const plain = await loadTranslator(munitCard(WITHOUT_ENCODER), munitState(WITHOUT_ENCODER));
  expect(plain.style).toBeUndefined();
  expect(await made(given, 1, plain)).toEqual([first, first]);
  const zero = translateSlices(translator, slices, 16, { seed: 1, samples: 1, noise: 'mean' }, { batch: 2 });
  expect((await zero.next()).value!.mean).toEqual((await made(Array(8).fill(0), 1))[0]);
  await expect(made([1, 2], 1)).rejects.toThrow(
    "style: must have the model's 8 numbers, got 2; read it off its scan again",
  );
  dispose();
  plain.dispose();
});

it('is kept with the weights, and missed where a part of it is gone', () => {
  const { munit } = METHODS;
  const parameters = (network: MunitNetwork) => numberOfValues(munit.table(network));
  const paper = { method: 'munit', dim: 64, style_dim: 8, mlp_dim: 256 } as const;
  expect(parameters({ ...paper, style_encoder: true })).toBe(15_007_369);
  expect(parameters(paper)).toBe(15_007_369 - 2_758_664);
  const state = munitState(WITH_ENCODER);
  expect(munit.infer(state, {})).toEqual(WITH_ENCODER);
  expect(munit.infer(munitState(WITHOUT_ENCODER), {})).toEqual(WITHOUT_ENCODER);
  const damaged = new Map(state);
  damaged.delete('enc_style.model.6.bias');
  expect(() => munit.infer(damaged, {})).toThrow(/enc_style\.model\.6\.bias/);
  expect(() => munit.parse({ ...WITH_ENCODER, style_encoder: 1 }, 'card')).toThrow(
    'card: style_encoder must be true or absent, got 1',
  );
});

it('of a model starts a run; the encoder of one that was exported without begins at random', () => {
  const usual = tinySettings({ method: 'munit' });
  const settings = { ...usual, options: { ...usual.options, 'style-width': WITH_ENCODER.mlp_dim } };
  const started = (network: MunitNetwork) => {
    const card = { ...munitCard(network), id: 'old' };
    const models = [
      { subject: 'x', direction: 'aToB', as: 'translator', card, state: munitState(network) },
    ] as const;
    return Object.keys(startWeights(settings, models).weights);
  };
  expect(started(WITH_ENCODER)).toEqual(['e.a', 'g.b', 's.b']);
  expect(started(WITHOUT_ENCODER)).toEqual(['e.a', 'g.b']);
});

it("given is refused where it is another model's, or samples are asked for", () => {
  const card = munitCard(WITH_ENCODER);
  const style = { modelId: 'other', source: 'ref.nii', values: [] };
  expect(() => refuseStyle(card, { noise: 'given', samples: 1, style })).toThrow(
    'tiny: must be given a style that it has read itself, got one of other; choose the scan of the style again',
  );
  expect(() => refuseStyle(card, { noise: 'given', samples: 1 })).toThrow('got none; choose the scan');
  expect(() => refuseStyle(card, { noise: 'given', samples: 2, style })).toThrow(
    'samples: must be 1 with a given style, which draws nothing, got 2; leave one of the two out',
  );
  expect(styleNameWarning('sub-1_T1w.nii.gz', card)).toBe(
    'its name says T1w, but this model makes FLAIR: its style means little.',
  );
  expect(styleNameWarning('sub-1_FLAIR.nii.gz', card)).toBeNull();
  expect(styleNameWarning('sub-1_desc-synth_FLAIR.nii.gz', card)).toContain('made by this program');
});

it('is refused of a network without styles', () => {
  const unit = { id: 'x', network: trainingOf({ method: 'unit' }).network(tinySettings({ method: 'unit' })) };
  expect(hasStyle(unit)).toBe(false);
  expect(() => refuseStyle(unit, { noise: 'shared', samples: 2 })).not.toThrow();
  expect(() => refuseStyle(unit, { noise: 'mean', samples: 1 })).toThrow(
    'x: must be a model with styles (MUNIT) for noise "mean", got one of unit; choose shared or independent',
  );
  expect(() => refuseStyle(unit, { noise: 'mean', samples: 3 })).toThrow(
    'samples: must be 1 with noise "mean", which draws nothing, got 3; leave one of the two out',
  );
  expect(() => refuseStyleScan(unit)).toThrow(
    'x: must be a model with styles (MUNIT) to take one off a scan, got one of unit; leave the style out',
  );
});
