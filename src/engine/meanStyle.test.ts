import { beforeAll, expect, it } from 'vitest';
import { TINY_SIZE, tinySettings } from '../../test/tinyRun';
import { nodeEnvironment } from '../platform/node/environment';
import { startEngine } from './backend/backend';
import { hashNormals, hashWeights } from './hash';
import { hasStyle, refuseMeanStyle } from './meanStyle';
import { methodOf, trainingOf } from './methods';
import { loadTranslator } from './methods/translator';
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

it('is refused of a network without styles', () => {
  const unit = { id: 'x', network: trainingOf({ method: 'unit' }).network(tinySettings({ method: 'unit' })) };
  expect(hasStyle(unit)).toBe(false);
  expect(() => refuseMeanStyle(unit, { noise: 'shared', samples: 2 })).not.toThrow();
  expect(() => refuseMeanStyle(unit, { noise: 'mean', samples: 1 })).toThrow(
    'x: must be a model with styles (MUNIT) for noise "mean", got one of unit; choose shared or independent',
  );
  expect(() => refuseMeanStyle(unit, { noise: 'mean', samples: 3 })).toThrow(
    'samples: must be 1 with noise "mean", which draws nothing, got 3; leave one of the two out',
  );
});
