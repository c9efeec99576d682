import { beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig } from '../../../test/tinyModel';
import { WeightsMismatch } from '../../errors';
import { PAPER_SCHEDULE } from '../diffusion/schedule';
import { hashWeights } from '../hash';
import type { GeneratorConfig } from '../networks/ncsnpp/config';
import { ncsnppTable } from '../networks/ncsnpp/table';
import * as tf from '../tf';
import { loadTranslator } from './translator';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('loadTranslator', () => {
  const load = (change: Partial<GeneratorConfig>, steps = 4) => {
    const network = { method: 'syndiff', ...tinyConfig(16), ...change } as const;
    return loadTranslator(
      { network, diffusion: { ...PAPER_SCHEDULE, steps } },
      hashWeights(1, ncsnppTable(network)),
    );
  };

  it('shows every eighth part of a long chain', async () => {
    const translator = await load({}, 1000);
    expect(translator.frames).toHaveLength(9);
    expect(translator.frames.slice(0, 2)).toEqual(['noise', 'step 125 of 1000']);
    expect([0, 1, 125, 999, 1000].map(translator.keeps)).toEqual([true, false, true, false, true]);
    translator.dispose();
  });

  it('refuses networks that cannot translate, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await expect(load({ embedding_type: 'fourier' })).rejects.toThrow(
      'Fourier time embedding has no value at step 0',
    );
    await expect(load({ num_channels: 3 })).rejects.toThrow(
      'must take 2 channels, noisy target and source, got 3',
    );
    await expect(load({ num_channels: 3 })).rejects.toThrow(WeightsMismatch);
    expect(tf.memory().numTensors).toBe(before);
    const translator = await load({});
    expect(translator.frames).toEqual(['noise', 'step 1 of 4', 'step 2 of 4', 'step 3 of 4', 'step 4 of 4']);
    translator.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
